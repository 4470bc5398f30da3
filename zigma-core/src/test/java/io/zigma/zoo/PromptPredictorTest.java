package io.zigma.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.inference.Predictor;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.modality.cv.Image;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GenerationResult;
import io.zigma.text.FakeTextEncoder;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prompts through DJL's doors. */
class PromptPredictorTest {

    @TempDir Path folder;
    private CheckpointFolder checkpoint;

    @BeforeEach
    void writeACheckpoint() throws Exception {
        checkpoint =
                TinyCheckpoints.writeOfPrompts(
                        Files.createDirectory(folder.resolve("crabs")),
                        FakeTextEncoder.FAKE,
                        List.of("a blue crab", "a red crab"));
    }

    @Test
    void aFolderAndAnArchiveGiveTheSamePictureOfAPrompt() throws Exception {
        GenerationRequest request =
                GenerationRequest.ofText("a blue crab")
                        .withNegativeText("red")
                        .withGuidanceScale(2)
                        .withSeed(7)
                        .withSteps(2)
                        .withCount(2);
        Path archive = Packing.zip(checkpoint, folder.resolve("packed.zip"), "crabs/");
        List<Integer> own =
                Pictures.of(Pictures.criteria().optModelPath(checkpoint.path()).build(), request);
        assertThat(Pictures.of(Pictures.criteria().optModelPath(archive).build(), request))
                .isEqualTo(own);
        assertThat(own.get(0)).isNotEqualTo(own.get(1));
    }

    @Test
    void aStringIsAPromptOfATextModel() throws Exception {
        BufferedImage blue = draw(checkpoint.path(), "a blue crab");
        assertThat(pixels(blue)).isEqualTo(pixels(draw(checkpoint.path(), "a blue crab")));
        assertThat(pixels(blue)).isNotEqualTo(pixels(draw(checkpoint.path(), "a red crab")));
    }

    @Test
    void aStringIsAClassOfAModelOfClasses() throws Exception {
        Path classes = Files.createDirectory(folder.resolve("shapes"));
        TinyCheckpoints.write(classes, TinyModels.CONDITIONAL, 4);
        assertThat(pixels(draw(classes, "square"))).isNotEqualTo(pixels(draw(classes, "circle")));
        assertThatThrownBy(() -> draw(classes, "a crab"))
                .isInstanceOf(RequestRefusedException.class)
                .hasMessageContaining("has no class 'a crab'");
    }

    @Test
    void aServedRequestHasOnePromptOrSeveral() throws Exception {
        JsonArray one = images("{'prompt': 'a blue crab', 'seed': 3, 'steps': 2, 'count': 2}");
        assertThat(prompts(one)).containsExactly("a blue crab", "a blue crab");
        JsonArray two =
                images(
                        "{'prompt': ['a blue crab', 'a red crab'], 'negative_prompt': 'red',"
                                + " 'guidance': 2, 'seed': 3, 'steps': 2, 'count': 2}");
        assertThat(prompts(two))
                .containsExactly("a blue crab", "a blue crab", "a red crab", "a red crab");
        assertThat(recipe(two.get(3).getAsJsonObject()).get("negative_prompt").getAsString())
                .isEqualTo("red");
    }

    @Test
    void whatIsWorthKnowingOfAPromptIsServedBesideThePictures() throws Exception {
        assertThat(answer("{'prompt': 'a green crab', 'steps': 1}").getAsJsonArray("warnings"))
                .singleElement()
                .asString()
                .contains("'green'");
        assertThat(answer("{'prompt': 'a blue crab', 'steps': 1}").has("warnings")).isFalse();
    }

    @Test
    void moreThanTheServersOwnerAllowsIsRefused() throws Exception {
        JsonObject answer = answer("{'prompt': ['a', 'b', 'c'], 'count': 2}", "maxCount", "4");
        assertThat(answer.get("message").getAsString()).contains("count may be 1 to 1 here, not 2");
    }

    @Test
    void theTextEncoderMayComeFromSomewhereElse() throws Exception {
        Path nameless = Files.createDirectory(folder.resolve("nameless"));
        TinyCheckpoints.write(nameless, TinyModels.BY_PROMPT, 4);
        GenerationRequest request = GenerationRequest.ofText("a crab").withSeed(1).withSteps(1);
        Criteria<GenerationRequest, GenerationResult> with =
                Pictures.criteria()
                        .optModelPath(nameless)
                        .optArgument("textEncoder", "fake")
                        .build();
        assertThat(Pictures.of(with, request)).hasSize(1);
        assertThatThrownBy(
                        () ->
                                Pictures.of(
                                        Pictures.criteria().optModelPath(nameless).build(),
                                        request))
                .isInstanceOf(RequestRefusedException.class)
                .hasMessageContaining("does not contain the name of its text encoder");
    }

    private static BufferedImage draw(Path folder, String text) throws Exception {
        Criteria<String, Image> criteria =
                Criteria.builder()
                        .setTypes(String.class, Image.class)
                        .optModelPath(folder)
                        .optArgument("seed", 5)
                        .optArgument("steps", 2)
                        .build();
        try (ZooModel<String, Image> model = criteria.loadModel();
                Predictor<String, Image> predictor = model.newPredictor()) {
            return (BufferedImage) predictor.predict(text).getWrappedImage();
        }
    }

    private static int[] pixels(BufferedImage picture) {
        return picture.getRaster()
                .getPixels(0, 0, picture.getWidth(), picture.getHeight(), (int[]) null);
    }

    private JsonArray images(String request) throws Exception {
        return answer(request).getAsJsonArray("images");
    }

    private static List<String> prompts(JsonArray images) {
        return images.asList().stream()
                .map(image -> recipe(image.getAsJsonObject()).get("prompt").getAsString())
                .toList();
    }

    private static JsonObject recipe(JsonObject image) {
        return image.getAsJsonObject("recipe");
    }

    private JsonObject answer(String request) throws Exception {
        return answer(request, "maxCount", "8");
    }

    private JsonObject answer(String request, String argument, String value) throws Exception {
        Criteria<Input, Output> criteria =
                Criteria.builder()
                        .setTypes(Input.class, Output.class)
                        .optModelPath(checkpoint.path())
                        .optArgument(argument, value)
                        .build();
        Input input = new Input();
        input.addProperty("Content-Type", "application/json");
        input.add("data", request.replace('\'', '"'));
        try (ZooModel<Input, Output> model = criteria.loadModel();
                Predictor<Input, Output> predictor = model.newPredictor()) {
            Output output = predictor.predict(input);
            return JsonParser.parseString(
                            new String(output.getData().getAsBytes(), StandardCharsets.UTF_8))
                    .getAsJsonObject();
        }
    }
}
