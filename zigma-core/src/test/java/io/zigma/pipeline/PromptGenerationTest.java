package io.zigma.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.zigma.backbone.Signature;
import io.zigma.backbone.dit.BlockKind;
import io.zigma.backbone.dit.DiTConfig;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.condition.ByText;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.condition.TextTokens;
import io.zigma.text.FakeTextEncoder;
import io.zigma.text.TextEncoderReference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures from words: prompt to encoder to model, and what is said of it. */
class PromptGenerationTest {

    @TempDir Path folder;
    private CheckpointFolder checkpoint;

    private final List<String> notes = new ArrayList<>();
    private final List<AttentionMap> maps = new ArrayList<>();
    private boolean wantsMaps;

    @BeforeEach
    void writeACheckpoint() throws IOException {
        checkpoint =
                TinyCheckpoints.writeOfPrompts(
                        folder, FakeTextEncoder.FAKE, List.of("a blue crab", "a red crab"));
    }

    @Test
    void anotherPromptGivesAnotherPicture() throws IOException {
        assertThat(pixels(request("a blue crab"))).isNotEqualTo(pixels(request("a red crab")));
    }

    @Test
    void aPictureIsTheSameAloneAndInAnyBatch() throws IOException {
        List<String> texts =
                List.of("a blue crab", "", "a red crab and a blue crab", "a blue crab");
        GenerationRequest together =
                GenerationRequest.ofTexts(texts)
                        .withSeed(20)
                        .withSampler("heun", 3)
                        .withGuidanceScale(2.5)
                        .withNegativeText("red")
                        .withBatchSize(3);
        List<GeneratedImage> images = generate(together);
        for (int i = 0; i < texts.size(); i++) {
            GenerationRequest alone =
                    request(texts.get(i))
                            .withNegativeText("red")
                            .withGuidanceScale(2.5)
                            .withSeed(20 + i);
            assertThat(pixels(images.get(i))).as("picture %d", i).isEqualTo(pixels(alone));
        }
    }

    @Test
    void guidanceSteersAwayFromTheNegativePrompt() throws IOException {
        GenerationRequest guided = request("a blue crab").withGuidanceScale(3);
        assertThat(pixels(guided.withNegativeText("red"))).isNotEqualTo(pixels(guided));
        assertThat(pixels(guided.withNegativeText(""))).isEqualTo(pixels(guided));
        // guided away from the very prompt, it is as without guidance
        assertThat(pixels(guided.withNegativeText("a blue crab")))
                .isEqualTo(pixels(guided.withGuidanceScale(1)));
    }

    @Test
    void aNegativePromptThatDoesNothingIsNoticed() throws IOException {
        generate(request("a blue crab").withNegativeText("red"));
        assertThat(notes).singleElement().asString().contains("no effect without guidance");
    }

    @Test
    void theRecipeHasThePromptsAndMakesThePictureAgain() throws IOException {
        GenerationRequest request =
                request("a blue crab").withNegativeText("red").withGuidanceScale(2);
        GeneratedImage image = generate(request).get(0);
        Map<String, String> fields = image.recipe().fields();

        assertThat(fields)
                .containsEntry("prompt", "a blue crab")
                .containsEntry("negative_prompt", "red")
                .doesNotContainKeys("class", "text_encoder");
        GenerationRequest again =
                GenerationRequest.ofText(fields.get("prompt"))
                        .withNegativeText(fields.get("negative_prompt"))
                        .withSeed(Long.parseLong(fields.get("seed")))
                        .withSampler(fields.get("sampler"), Integer.parseInt(fields.get("steps")))
                        .withGuidanceScale(Double.parseDouble(fields.get("guidance_scale")));
        assertThat(pixels(again)).isEqualTo(pixels(image));
    }

    @Test
    void theRecipeOfSeveralHasEachPromptOnALineOfItsOwn() throws IOException {
        List<GeneratedImage> images =
                generate(
                        GenerationRequest.ofTexts(List.of("a blue crab", "a red crab"))
                                .withEach(2)
                                .withSampler("euler", 1));
        assertThat(images.stream().map(image -> image.recipe().fields().get("prompt")))
                .containsExactly("a blue crab", "a blue crab", "a red crab", "a red crab");
        assertThat(Recipe.together(images))
                .containsEntry("prompt", "a blue crab\na red crab")
                .containsEntry("count", "4");
    }

    @Test
    void nothingInParticularIsTheEmptyPromptAndNoticed() throws IOException {
        GenerationRequest any = GenerationRequest.any().withSeed(7).withSampler("heun", 3);
        assertThat(pixels(any)).isEqualTo(pixels(request("")));
        assertThat(notes).contains("empty prompt: unconditional");
    }

    @Test
    void aLongPromptIsCutAndWhereIsNoticed() throws IOException {
        String longer = "a red crab, a blue crab";
        assertThat(pixels(request(longer))).isEqualTo(pixels(request("a red crab, a blue")));
        assertThat(notes)
                .contains(
                        "a prompt of 9 tokens is cut to the model's 8, after 'a red crab, a blue'");
    }

    @Test
    void wordsThatMeanNothingAreNamed() throws IOException {
        generate(request("a green crab 猫"));
        assertThat(notes)
                .containsExactly(
                        "the text encoder does not know '猫'",
                        "not in the captions that the model was trained on: 'green'");
    }

    @Test
    void theEncoderIsLoadedOnceForAllModelsOfTheProcess(@TempDir Path another) throws IOException {
        generate(request("a crab"));
        int before = FakeTextEncoder.OPENED.get();
        generate(request("a crab"));
        checkpoint = TinyCheckpoints.writeOfPrompts(another, FakeTextEncoder.FAKE, List.of());
        generate(request("a crab"));
        assertThat(FakeTextEncoder.OPENED.get()).isEqualTo(before);
    }

    @Test
    void tokensNeedNoEncoder(@TempDir Path another) throws IOException {
        checkpoint =
                TinyCheckpoints.writeOfPrompts(
                        another, new TextEncoderReference("lost", "9".repeat(64)), List.of());
        TextTokens tokens = new TextTokens(2, 5, new float[10]);
        GenerationRequest request =
                GenerationRequest.any()
                        .withPrompts(List.of(Prompt.ofTokens(tokens, null)))
                        .withSampler("euler", 1);
        assertThat(generate(request)).hasSize(1);
    }

    @Test
    void anEncoderThatIsNotHereIsNamedWithWhatToDo(@TempDir Path another) throws IOException {
        checkpoint =
                TinyCheckpoints.writeOfPrompts(
                        another, new TextEncoderReference("lost", "9".repeat(64)), List.of());
        assertThatThrownBy(() -> generate(request("a crab")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("text encoder lost")
                .hasMessageContaining("--text-encoder DIR");
    }

    @Test
    void anotherEncoderThanTheModelsIsRefused() {
        assertThatThrownBy(() -> generate(request("a crab"), TextEncoderSource.at("other-fake")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("was trained with the text encoder fake")
                .hasMessageContaining("'other-fake' holds other-fake");
    }

    @Test
    void aModelThatNamesNoEncoderTakesTheOneThatIsGiven(@TempDir Path another) throws IOException {
        checkpoint = TinyCheckpoints.write(another, TinyModels.BY_PROMPT, 4);
        assertThatThrownBy(() -> generate(request("a crab")))
                .hasMessageContaining("does not contain the name of its text encoder");
        assertThatThrownBy(() -> generate(request("a crab"), TextEncoderSource.at("wide-fake")))
                .hasMessageContaining("takes tokens of 5 numbers, the text encoder wide-fake");
        GeneratedImage image =
                generate(request("a crab"), TextEncoderSource.at("other-fake")).get(0);
        assertThat(image.recipe().fields())
                .containsEntry("text_encoder", "other-fake")
                .containsEntry("text_encoder_sha256", FakeTextEncoder.OTHER.hash());
    }

    @Test
    void aTextIsForTextModelsAndAClassForModelsOfClasses(@TempDir Path another) throws IOException {
        assertThatThrownBy(() -> generate(GenerationRequest.of("circle")))
                .hasMessageContaining("has no classes");
        checkpoint = TinyCheckpoints.write(another, TinyModels.CONDITIONAL, 4);
        assertThatThrownBy(() -> generate(request("a crab")))
                .hasMessageContaining("is not conditioned on text; choose one of its classes")
                .hasMessageContaining("circle");
        checkpoint = TinyCheckpoints.write(another, TinyModels.UNCONDITIONAL, 4);
        assertThatThrownBy(() -> generate(request("a crab")))
                .hasMessageContaining("is not conditioned on text");
    }

    @Test
    void lookingAtAttentionChangesNoPicture() throws IOException {
        GenerationRequest request = request("a blue crocodile").withGuidanceScale(2);
        int[] unseen = pixels(request);
        wantsMaps = true;
        assertThat(pixels(request)).isEqualTo(unseen);
        assertThat(maps).hasSize(1);
    }

    @Test
    void eachWordHasAMapOverTheTokensOfThePicture() throws IOException {
        wantsMaps = true;
        generate(request("a blue crocodile"));
        AttentionMap map = maps.get(0);

        assertThat(map.frames()).isEqualTo(1);
        assertThat(map.rows()).isEqualTo(2);
        assertThat(map.columns()).isEqualTo(3);
        assertThat(map.words().stream().map(AttentionMap.Word::text))
                .containsExactly("a", "blue", "crocodile");
        for (AttentionMap.Word word : map.words()) {
            assertThat(word.weights()).hasSize(6);
            assertThat(word.fraction()).isBetween(0.0, 1.0);
        }
        // 8 tokens, 7 of them of the prompt: begin, a, blue, croc, odil, e, end
        double words = map.words().stream().mapToDouble(AttentionMap.Word::fraction).sum();
        assertThat(words).isBetween(0.2, 1.0);
    }

    @Test
    void mapsAreTheConditionsOwnWhetherGuidedOrNotAndInAnyBatch() throws IOException {
        wantsMaps = true;
        generate(request("a blue crab").withSampler("euler", 1));
        AttentionMap unguided = maps.get(0);
        maps.clear();
        generate(
                GenerationRequest.ofTexts(List.of("a red crab", "a blue crab"))
                        .withSampler("euler", 1)
                        .withSeed(6)
                        .withGuidanceScale(3));
        // one step: the same noise and the same condition, beside others
        for (int word = 0; word < 3; word++) {
            assertThat(maps.get(1).words().get(word).weights())
                    .usingComparatorWithPrecision(1e-6f)
                    .containsExactly(unguided.words().get(word).weights());
        }
        assertThat(maps.get(0).words().get(1).weights())
                .isNotEqualTo(unguided.words().get(1).weights());
    }

    @Test
    void attentionToTheTimeIsNoWordOfThePrompt(@TempDir Path another) throws IOException {
        // DiT's cross-attention has the time before the words
        DiTConfig model =
                new DiTConfig(
                        Signature.of(SampleShape.image(1, 4, 6), new ByText(5, 8)),
                        2,
                        8,
                        2,
                        2,
                        4,
                        BlockKind.CROSS_ATTENTION,
                        false);
        checkpoint =
                TinyCheckpoints.writeOfPrompts(another, model, FakeTextEncoder.FAKE, List.of());
        wantsMaps = true;
        generate(request("a crab").withGuidanceScale(2));
        List<AttentionMap.Word> words = maps.get(0).words();

        assertThat(words.stream().map(AttentionMap.Word::text)).containsExactly("a", "crab");
        assertThat(words).allSatisfy(word -> assertThat(word.weights()).hasSize(6));
        // time, begin, a, crab, end: five that share the attention, two of them words
        assertThat(words.stream().mapToDouble(AttentionMap.Word::fraction).sum())
                .isBetween(0.05, 0.9);
    }

    @Test
    void paddingGetsNoAttention() throws IOException {
        wantsMaps = true;
        generate(request("crab"));
        // begin, crab, end, and five of padding
        assertThat(maps.get(0).words().get(0).fraction()).isGreaterThan(1.0 / 8 + 0.02);
    }

    @Test
    void anEmptyPromptHasNoWordsToLookAt() throws IOException {
        wantsMaps = true;
        generate(request(""));
        assertThat(maps.get(0).words()).isEmpty();
    }

    private static GenerationRequest request(String text) {
        return GenerationRequest.ofText(text).withSeed(7).withSampler("heun", 3);
    }

    private int[] pixels(GenerationRequest request) throws IOException {
        return pixels(generate(request).get(0));
    }

    private List<GeneratedImage> generate(GenerationRequest request) throws IOException {
        return generate(request, TextEncoderSource.NAMED);
    }

    private List<GeneratedImage> generate(GenerationRequest request, TextEncoderSource source)
            throws IOException {
        GenerationListener listener =
                new GenerationListener() {
                    @Override
                    public void progress(int done, int total) {}

                    @Override
                    public void noticed(String note) {
                        notes.add(note);
                    }

                    @Override
                    public boolean wantsAttention() {
                        return wantsMaps;
                    }

                    @Override
                    public void attention(int firstImage, List<AttentionMap> found) {
                        maps.addAll(found);
                    }
                };
        try (ImageGenerator generator =
                ImageGenerator.load(
                        checkpoint, Device.cpu(), LoadOptions.DEFAULT.withTextEncoder(source))) {
            return generator.generate(request.withListener(listener));
        }
    }

    private static int[] pixels(GeneratedImage image) {
        return image.picture()
                .getData()
                .getSamples(
                        0,
                        0,
                        image.picture().getWidth(),
                        image.picture().getHeight(),
                        0,
                        (int[]) null);
    }
}
