package io.zigma.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.sampler.Samplers;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a request says, what it leaves open, and what is refused. */
class GenerationRequestTest {

    private static final GenerationRequest SQUARE = GenerationRequest.of("square").withSteps(3);

    @TempDir Path folder;
    private ImageGenerator generator;

    @BeforeEach
    void load() throws IOException {
        CheckpointFolder checkpoint = TinyCheckpoints.write(folder, 4);
        generator = ImageGenerator.load(checkpoint, Device.cpu());
    }

    @AfterEach
    void close() {
        generator.close();
    }

    @Test
    void whatIsLeftOpenTheCheckpointDecides() {
        GeneratedImage image = generator.generate(GenerationRequest.of(1).withSeed(5)).get(0);

        assertThat(image.recipe().sampler()).isEqualTo("heun");
        assertThat(image.recipe().steps()).isEqualTo(20);
        assertThat(image.recipe().guidance()).isEqualTo(GuidanceStrength.NONE);
        assertThat(image.recipe().label()).isEqualTo("square");
    }

    @Test
    void aClassByNameIsTheClassByNumber() {
        GenerationRequest byNumber = GenerationRequest.of(1).withSteps(3).withSeed(9);

        assertThat(levels(SQUARE.withSeed(9))).isEqualTo(levels(byNumber));
        assertThat(levels(byNumber.withPrompts(List.of(Prompt.ofClass(" SQUARE ")))))
                .isEqualTo(levels(byNumber));
        assertThat(levels(byNumber.withPrompts(List.of(Prompt.ofClass("1")))))
                .isEqualTo(levels(byNumber));
    }

    @Test
    void theShortFormMakesTheSameRequestAsTheLongOne() {
        GenerationRequest longWay = GenerationRequest.of(2, 3, 40, Samplers.of("midpoint", 4), 1.5);
        GenerationRequest shortWay =
                GenerationRequest.of("cross")
                        .withCount(3)
                        .withSeed(40)
                        .withSampler("midpoint", 4)
                        .withGuidanceScale(1.5);

        assertThat(levels(shortWay)).isEqualTo(levels(longWay));
    }

    @Test
    void aSeedThatIsNotGivenIsRandomAndInTheRecipe() {
        GenerationRequest request = SQUARE.withCount(2);
        List<GeneratedImage> images = generator.generate(request);

        assertThat(images.get(1).recipe().seed()).isEqualTo(request.seed() + 1);
        assertThat(levels(SQUARE.withSeed(request.seed()).withCount(2))).isEqualTo(levels(request));
    }

    @Test
    void severalPromptsAreUsedCyclically() {
        GenerationRequest request =
                SQUARE.withPrompts(List.of(Prompt.ofClass(0), Prompt.ofClass(2))).withCount(3);

        assertThat(generator.generate(request).stream().map(image -> image.recipe().label()))
                .containsExactly("circle", "cross", "circle");
    }

    @Test
    void theModelsOwnSizeMayBeAskedFor() {
        BufferedImage picture = generator.generate(SQUARE.withSize(4, 6)).get(0).picture();
        assertThat(picture.getHeight()).isEqualTo(4);
        assertThat(picture.getWidth()).isEqualTo(6);
    }

    @Test
    void everyErrorMessageSaysWhatIsAllowed() {
        refused(() -> generate(GenerationRequest.of("sqare")), "circle, square, cross");
        refused(() -> generate(GenerationRequest.of(3)), "has classes 0 to 2, not 3");
        refused(() -> GenerationRequest.of(-2), "numbered from 0");
        refused(() -> generate(SQUARE.withSize(64, 32)), "makes pictures of 6×4, not 32×64");
        refused(() -> SQUARE.withCount(0), "at least one image");
        refused(() -> SQUARE.withSteps(0), "at least 1 step");
        refused(() -> SQUARE.withSampler("hoin", 4), "dopri5");
        refused(() -> SQUARE.withSampler("sde-heun", 1), "2");
        refused(() -> SQUARE.withGuidanceScale(Double.NaN), "use 0 to 100");
        refused(() -> SQUARE.withBatchSize(0), "use 1 or more");
    }

    private static void refused(ThrowingCallable request, String allowed) {
        assertThatThrownBy(request)
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(allowed)
                .message()
                .doesNotContain("\n");
    }

    private void generate(GenerationRequest request) {
        assertThat(generator.generate(request)).isNotNull();
    }

    private List<List<Double>> levels(GenerationRequest request) {
        return generator.generate(request).stream()
                .map(GeneratedImage::picture)
                .map(
                        picture ->
                                Arrays.stream(
                                                picture.getData()
                                                        .getSamples(
                                                                0,
                                                                0,
                                                                picture.getWidth(),
                                                                picture.getHeight(),
                                                                0,
                                                                (double[]) null))
                                        .boxed()
                                        .toList())
                .toList();
    }
}
