package io.zigma.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.condition.Prompt;
import io.zigma.condition.TextTokens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextGenerationTest {

    private static final TextTokens ONE = text(1, 5);
    private static final TextTokens OTHER = text(2, 5);
    private static final TextTokens EMPTY = text(3, 5);

    @TempDir Path folder;
    private CheckpointFolder checkpoint;

    @BeforeEach
    void writeACheckpoint() throws IOException {
        checkpoint = TinyCheckpoints.write(folder, TinyModels.BY_TEXT, 4);
    }

    @Test
    void aTextModelIsReadAgain() throws IOException {
        assertThat(CheckpointFolder.open(folder).config().model()).isEqualTo(TinyModels.BY_TEXT);
    }

    @Test
    void anotherTextGivesAnotherPicture() throws IOException {
        assertThat(pixels(generate(List.of(ONE), 7, 1, null).get(0)))
                .isNotEqualTo(pixels(generate(List.of(OTHER), 7, 1, null).get(0)));
    }

    @Test
    void aPictureIsTheSameAloneAndInAnyBatch() throws IOException {
        List<TextTokens> texts = List.of(ONE, OTHER, ONE);
        List<GeneratedImage> together = generate(texts, 20, 2.5, EMPTY);
        for (int i = 0; i < texts.size(); i++) {
            GeneratedImage alone = generate(List.of(texts.get(i)), 20 + i, 2.5, EMPTY).get(0);
            assertThat(pixels(together.get(i))).as("picture %d", i).isEqualTo(pixels(alone));
        }
    }

    @Test
    void guidanceWithTheTextItselfChangesNothing() throws IOException {
        assertThat(pixels(generate(List.of(ONE), 7, 3, ONE).get(0)))
                .isEqualTo(pixels(generate(List.of(ONE), 7, 1, null).get(0)));
    }

    @Test
    void guidanceNeedsTheEmptyText() {
        assertThatThrownBy(() -> generate(List.of(ONE), 7, 2, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("guidance needs the tokens of the empty text");
    }

    @Test
    void tokensOfAnotherSizeAreRefused() {
        assertThatThrownBy(() -> generate(List.of(text(1, 6)), 7, 1, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("takes tokens of 5 numbers, not 6");
    }

    @Test
    void aTextModelWantsATextAndOthersWantNone(@TempDir Path other) throws IOException {
        assertThatThrownBy(() -> generate(GenerationRequest.any()))
                .hasMessageContaining("is conditioned on text: give it the tokens of one");
        checkpoint = TinyCheckpoints.write(other, TinyModels.CONDITIONAL, 4);
        assertThatThrownBy(() -> generate(List.of(ONE), 7, 1, null))
                .hasMessageContaining("is not conditioned on text");
    }

    @Test
    void theRecipeIdentifiesTheText() throws IOException {
        Recipe recipe = generate(List.of(ONE, OTHER), 7, 1, null).get(1).recipe();
        assertThat(recipe.fields())
                .containsEntry("text_sha256", OTHER.hash())
                .doesNotContainKey("class");
    }

    private List<GeneratedImage> generate(
            List<TextTokens> texts, long seed, double scale, @Nullable TextTokens nullText)
            throws IOException {
        return generate(
                GenerationRequest.any()
                        .withPrompts(
                                texts.stream()
                                        .<Prompt>map(text -> Prompt.ofTokens(text, nullText))
                                        .toList())
                        .withSeed(seed)
                        .withSampler("heun", 3)
                        .withGuidanceScale(scale)
                        .withBatchSize(2));
    }

    private List<GeneratedImage> generate(GenerationRequest request) throws IOException {
        try (ImageGenerator generator = ImageGenerator.load(checkpoint, Device.cpu())) {
            return generator.generate(request);
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

    private static TextTokens text(long seed, int size) {
        Random random = new Random(seed);
        float[] values = new float[3 * size];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (3 * random.nextGaussian());
        }
        return new TextTokens(3, size, values);
    }
}
