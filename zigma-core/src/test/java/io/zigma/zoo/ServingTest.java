package io.zigma.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.inference.Predictor;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.repository.SimpleRepository;
import ai.djl.repository.zoo.BaseModelLoader;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.media.PngFile;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GuidanceChoice;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What DJL Serving does with a checkpoint folder, in this process: the server loads models through
 * {@code Criteria} and hands every HTTP request's headers and body to a predictor, as here.
 */
class ServingTest {

    @TempDir Path folder;
    private ZooModel<Input, Output> model;
    private Predictor<Input, Output> predictor;

    @BeforeEach
    void load() throws Exception {
        TinyCheckpoints.write(folder, 4);
        model = criteria().build().loadModel();
        predictor = model.newPredictor();
    }

    @AfterEach
    void close() {
        predictor.close();
        model.close();
    }

    @Test
    void pngIsAnsweredToThoseWhoAcceptIt() throws Exception {
        Input input = input("{'class': 'square', 'seed': 5, 'steps': 3}");
        input.addProperty("accept", "image/png,*/*");
        Output output = predictor.predict(input);

        assertThat(output.getCode()).isEqualTo(200);
        assertThat(output.getProperty("Content-Type", "")).isEqualTo("image/png");
        assertThat(output.getData().getAsBytes())
                .isEqualTo(expected(GenerationRequest.of("square").withSeed(5).withSteps(3)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "image/*                                      | image/png",
                "application/json;q=0.5, image/png;q=0.9      | image/png",
                "application/json;q=0.9, image/png;q=0.5      | application/json",
                "image/png;q=0, application/json              | application/json",
                "*/*                                          | application/json"
            })
    void theTypeOfTheAnswerIsWhatTheClientPrefers(String accept, String type) throws Exception {
        Input input = input("{'steps': 2}");
        input.addProperty("Accept", accept);
        assertThat(predictor.predict(input).getProperty("Content-Type", "")).isEqualTo(type);
    }

    @Test
    void aNullIsLeftOut() throws Exception {
        Input nulls =
                input(
                        "{'class': 'cross', 'classes': null, 'count': null, 'seed': 5, 'steps': 2,"
                                + " 'sampler': null, 'guidance': null, 'guidance_interval': null,"
                                + " 'width': null, 'height': null, 'prompt': null}");
        nulls.addProperty("Accept", "image/png");
        Output output = predictor.predict(nulls);

        assertThat(output.getCode()).isEqualTo(200);
        assertThat(output.getData().getAsBytes())
                .isEqualTo(expected(GenerationRequest.of("cross").withSeed(5).withSteps(2)));
    }

    @Test
    void severalPicturesAsPngAreAGrid() throws Exception {
        Input input = input("{'count': 3, 'steps': 2}");
        input.addProperty("Accept", "image/png");
        byte[] png = predictor.predict(input).getData().getAsBytes();

        assertThat(ImageIO.read(new ByteArrayInputStream(png)).getWidth()).isEqualTo(6 * 2 + 3);
    }

    @Test
    void aGridOfSeveralClassesSaysSo() throws Exception {
        Input input = input("{'classes': ['cross', 0], 'steps': 2}");
        input.addProperty("Accept", "image/png");
        Path file =
                Files.write(
                        folder.resolve("grid.png"),
                        predictor.predict(input).getData().getAsBytes());

        assertThat(PngFile.readText(file))
                .containsEntry("class", "in turn")
                .containsEntry("count", "2");
    }

    @Test
    void jsonIsAnsweredToAllOthersWithEveryPictureAndItsRecipe() throws Exception {
        Output output =
                predictor.predict(
                        input(
                                "{'classes': ['cross', 0], 'seed': 5, 'sampler': 'euler',"
                                        + " 'steps': 3, 'guidance': 1.5, 'width': 6, 'height': 4}"));
        JsonArray images = body(output).getAsJsonArray("images");

        assertThat(output.getProperty("Content-Type", "")).isEqualTo("application/json");
        assertThat(images).hasSize(2);
        JsonObject second = images.get(1).getAsJsonObject();
        assertThat(second.getAsJsonObject("recipe").get("class").getAsString()).isEqualTo("circle");
        assertThat(second.getAsJsonObject("recipe").get("seed").getAsString()).isEqualTo("6");
        assertThat(Base64.getDecoder().decode(second.get("png").getAsString()))
                .isEqualTo(
                        expected(
                                GenerationRequest.of(0)
                                        .withSeed(6)
                                        .withSampler("euler", 3)
                                        .withGuidanceScale(1.5)));
    }

    @Test
    void aSeedOfMinusOneIsRandomAsOnTheCommandLine() throws Exception {
        Criteria<Input, Output> fixed = criteria().optArgument("seed", "9").build();
        Criteria<Input, Output> random = criteria().optArgument("seed", -1).build();
        try (ZooModel<Input, Output> fixedModel = fixed.loadModel();
                Predictor<Input, Output> ofFixed = fixedModel.newPredictor();
                ZooModel<Input, Output> randomModel = random.loadModel();
                Predictor<Input, Output> ofDrawn = randomModel.newPredictor()) {
            List<Long> seeds =
                    List.of(
                            seed(predictor, "{'seed': -1, 'steps': 1}"),
                            seed(predictor, "{'seed': -1, 'steps': 1}"),
                            seed(predictor, "{'seed': null, 'steps': 1}"),
                            seed(ofFixed, "{'seed': -1, 'steps': 1}"),
                            seed(ofDrawn, "{'steps': 1}"),
                            seed(ofDrawn, "{'steps': 1}"));

            assertThat(seeds).doesNotHaveDuplicates().allMatch(seed -> seed >= 0);
            assertThat(seed(predictor, "{'seed': -2, 'steps': 1}")).isEqualTo(-2);
        }
    }

    private static long seed(Predictor<Input, Output> of, String request) throws Exception {
        return body(of.predict(input(request)))
                .getAsJsonArray("images")
                .get(0)
                .getAsJsonObject()
                .getAsJsonObject("recipe")
                .get("seed")
                .getAsLong();
    }

    @Test
    void guidanceMayWorkInAPartOfTheWay() throws Exception {
        Output output =
                predictor.predict(
                        input(
                                "{'class': 'cross', 'seed': 5, 'steps': 4, 'guidance': 3,"
                                        + " 'guidance_interval': [0.3, 0.6]}"));
        JsonObject image = body(output).getAsJsonArray("images").get(0).getAsJsonObject();

        assertThat(image.getAsJsonObject("recipe").get("guidance_interval").getAsString())
                .contains("0.3", "0.6");
        assertThat(Base64.getDecoder().decode(image.get("png").getAsString()))
                .isEqualTo(
                        expected(
                                GenerationRequest.of("cross")
                                        .withSeed(5)
                                        .withSteps(4)
                                        .withGuidance(
                                                GuidanceChoice.of(
                                                        new GuidanceStrength(3, 0.3, 0.6)))));
    }

    @ParameterizedTest(name = "{index}: {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {'class': 'sqare'}                | has no class 'sqare'; it has circle, square, cross
                    {'class': 3}                      | it has circle, square, cross
                    {'class': -1}                     | numbered from 0
                    {'class': [1]}                    | class should be a number, not [1]
                    {'class': 1, 'classes': [1]}      | either class, for all pictures, or classes
                    {'classes': []}                   | classes should be a list such as [0, 1, 2]
                    {'count': 17}                     | count may be 1 to 16 here, not 17
                    {'count': 0}                      | count may be 1 to 16 here, not 0
                    {'count': 1.5}                    | count should be a whole number, not 1.5
                    {'count': 'many'}                 | count should be a number
                    {'seed': 1e400}                   | seed should be a whole number
                    {'steps': 100000}                 | steps may be 1 to 250 here
                    {'sampler': 'hoin'}               | choose from euler
                    {'sampler': 7}                    | sampler should be a text, not 7
                    {'sampler_options': {'rtol': 1}}  | sampler heun has no option
                    {'sampler_options': ['rtol']}     | should be an object such as {'eta': 0.5}
                    {'sampler': 'ddim', 'sampler_options': {'eta': 'x'}} | eta must be a number from 0 to 1
                    {'guidance': 1000}                | use 0 to 100
                    {'guidance_interval': [0.5, 0.2]} | from an earlier to a later time
                    {'guidance_interval': [0.5]}      | guidance_interval should be two times such as [0.3, 0.7]
                    {'guidance_interval': [0, 'x']}   | guidance_interval should be a number
                    {'guidance_channels': -1}         | or in all by 0, not in -1
                    {'guidance_channels': 1.5}        | guidance_channels should be a whole number
                    {'width': 64, 'height': 64}       | makes pictures of 6×4, not 64×64
                    {'width': 6}                      | needs both width and height
                    {'promt': 'a cat'}                | there is no field promt; a request may have prompt
                    {'prompt': 'a cat'}               | is not conditioned on text
                    {'prompt': []}                    | prompt is an empty list
                    {'prompt': 3}                     | prompt should be a text, not 3
                    {'prompt': ['a', 3]}              | prompt should be a text, not 3
                    {'prompt': 'a', 'class': 1}       | a model follows a class or a text
                    {'negative_prompt': 'a'}          | negative_prompt goes with prompt
                    [1, 2]                            | send a JSON object such as
                    {'class'                          | not valid JSON
                    ''                                | send a JSON object such as
                    """)
    void aBadRequestIsAnsweredWith400AndWhatIsAllowed(String request, String allowed)
            throws Exception {
        Output output = predictor.predict(input(request));

        assertThat(output.getCode()).isEqualTo(400);
        assertThat(output.getProperty("Content-Type", "")).isEqualTo("application/json");
        assertThat(body(output).get("message").getAsString())
                .contains(allowed.replace('\'', '"').replace("\"sqare\"", "'sqare'"));
    }

    @Test
    void aRequestWithoutABodyIsABadOne() throws Exception {
        assertThat(predictor.predict(new Input()).getCode()).isEqualTo(400);
    }

    @Test
    void aClientThatHasGoneAwayStopsTheGeneration() {
        Input input = input("{'steps': 3}");
        input.setCancelled(true);
        assertThatThrownBy(() -> predictor.predict(input))
                .isInstanceOf(GenerationCancelledException.class);
    }

    @Test
    void theServersOwnerSetsDefaultsAndLimits() throws Exception {
        Criteria<Input, Output> strict =
                criteria()
                        .optArgument("maxCount", "2")
                        .optArgument("steps", "2")
                        .optArgument("sampler", "euler")
                        .optArgument("seed", "9")
                        .optArgument("guidance", "2")
                        .optArgument("guidanceInterval", "0.25, 0.5")
                        .build();
        try (ZooModel<Input, Output> other = strict.loadModel();
                Predictor<Input, Output> strictly = other.newPredictor()) {
            assertThat(strictly.predict(input("{'count': 3}")).getCode()).isEqualTo(400);
            JsonObject recipe =
                    body(strictly.predict(input("{'class': 'cross'}")))
                            .getAsJsonArray("images")
                            .get(0)
                            .getAsJsonObject()
                            .getAsJsonObject("recipe");
            assertThat(recipe.get("sampler").getAsString()).isEqualTo("euler");
            assertThat(recipe.get("steps").getAsString()).isEqualTo("2");
            assertThat(recipe.get("seed").getAsString()).isEqualTo("9");
            assertThat(recipe.get("guidance_scale").getAsString()).isEqualTo("2.0");
            assertThat(recipe.get("guidance_interval").getAsString()).contains("0.25", "0.5");
        }
    }

    @Test
    void guidanceMayWorkInSomeChannels() throws Exception {
        JsonObject image =
                body(predictor.predict(input("{'guidance': 3, 'guidance_channels': 2}")))
                        .getAsJsonArray("images")
                        .get(0)
                        .getAsJsonObject();
        assertThat(image.getAsJsonObject("recipe").get("guidance_channels").getAsString())
                .isEqualTo("2");
    }

    @Test
    void optionsOfTheSamplerAreTheRequestsThenTheServersThenTheCheckpoints() throws Exception {
        Criteria<Input, Output> noisy =
                criteria()
                        .optArgument("sampler", "ddim")
                        .optArgument("steps", "2")
                        .optArgument("samplerOptions", "eta=0.5,clip=true")
                        .build();
        try (ZooModel<Input, Output> other = noisy.loadModel();
                Predictor<Input, Output> noisily = other.newPredictor()) {
            assertThat(options(noisily, "{}")).isEqualTo("eta=0.5 clip=true");
            assertThat(options(noisily, "{'sampler_options': {'eta': 0.75}}"))
                    .isEqualTo("eta=0.75 clip=true");
            assertThat(options(noisily, "{'sampler': 'ddim', 'sampler_options': {'eta': 1}}"))
                    .isEqualTo("eta=1");
            assertThat(options(noisily, "{'sampler': 'euler'}")).isEqualTo("none");
        }
    }

    private static String options(Predictor<Input, Output> predictor, String request)
            throws Exception {
        JsonObject recipe =
                body(predictor.predict(input(request)))
                        .getAsJsonArray("images")
                        .get(0)
                        .getAsJsonObject()
                        .getAsJsonObject("recipe");
        return recipe.has("sampler_options") ? recipe.get("sampler_options").getAsString() : "none";
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "eta      | samplerOptions: an option is written NAME=VALUE, not 'eta'",
                "eta=0.5, | samplerOptions: an option is written NAME=VALUE, not ''",
                "etta=1   | sampler ddim has no option 'etta' (did you mean 'eta'?)",
                "eta=2    | eta must be a number from 0 to 1"
            })
    void aLoadersOptionsThatAreNoneAreRefused(String options, String message) {
        Criteria<Input, Output> criteria =
                criteria()
                        .optArgument("sampler", "ddim")
                        .optArgument("samplerOptions", options)
                        .build();
        assertThatThrownBy(criteria::loadModel).hasStackTraceContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.3", "0.3,0.5,0.7", "0.3,soon", "0.7,0.3"})
    void aLoadersIntervalThatIsNoneIsRefused(String interval) {
        Criteria<Input, Output> criteria =
                criteria().optArgument("guidanceInterval", interval).build();
        assertThatThrownBy(criteria::loadModel)
                .hasStackTraceContaining("guidanceInterval takes two times from 0 to 1");
    }

    @Test
    void theFoldersServingPropertiesAreAllThatDjlsOwnLoaderNeeds() throws Exception {
        Criteria<Input, Output> criteria =
                Criteria.builder().setTypes(Input.class, Output.class).build();
        BaseModelLoader loader = new BaseModelLoader(new Plain(folder).getResources().get(0));
        try (ZooModel<Input, Output> plain = loader.loadModel(criteria);
                Predictor<Input, Output> other = plain.newPredictor()) {
            assertThat(other.predict(input("{'class': 1, 'steps': 2}")).getCode()).isEqualTo(200);
        }
    }

    /** DJL's repository as it is without this library's. */
    private static final class Plain extends SimpleRepository {
        Plain(Path folder) {
            super("plain", folder.toUri(), folder);
        }
    }

    private Criteria.Builder<Input, Output> criteria() {
        return Criteria.builder().setTypes(Input.class, Output.class).optModelPath(folder);
    }

    /** A request's body with single quotes for double ones. */
    private static Input input(String json) {
        Input input = new Input();
        input.addProperty("Content-Type", "application/json");
        input.add("data", json.replace('\'', '"'));
        return input;
    }

    private static JsonObject body(Output output) {
        return JsonParser.parseString(
                        new String(output.getData().getAsBytes(), StandardCharsets.UTF_8))
                .getAsJsonObject();
    }

    private byte[] expected(GenerationRequest request) throws Exception {
        Criteria<GenerationRequest, io.zigma.pipeline.GenerationResult> criteria =
                Pictures.criteria().optModelPath(folder).build();
        try (var zooModel = criteria.loadModel();
                var direct = zooModel.newPredictor()) {
            GeneratedImage image = direct.predict(request).images().get(0);
            return PngFile.bytes(image.picture(), image.recipe().fields());
        }
    }
}
