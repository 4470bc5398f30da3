package io.zigma.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.sampler.Sampler;
import io.zigma.sampler.Samplers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageGeneratorTest {

    @TempDir Path folder;
    private CheckpointFolder checkpoint;

    private static final GuidanceStrength HARD = new GuidanceStrength(2);

    @BeforeEach
    void writeACheckpoint() throws IOException {
        checkpoint = TinyCheckpoints.write(folder, 4);
    }

    @Test
    void theSameRequestGivesTheSamePixels() throws IOException {
        assertThat(levels(generate(request(1, 3, 7))))
                .isEqualTo(levels(generate(request(1, 3, 7))));
    }

    @Test
    void anotherClassGivesOtherPixels() throws IOException {
        assertThat(levels(generate(request(1, 1, 7))))
                .isNotEqualTo(levels(generate(request(2, 1, 7))));
    }

    @Test
    void anotherSeedGivesOtherPixels() throws IOException {
        assertThat(levels(generate(request(1, 1, 7))))
                .isNotEqualTo(levels(generate(request(1, 1, 8))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"euler", "heun", "dopri5", "sde-euler", "sde-heun"})
    void anImageIsTheSameAloneAndInAnyBatch(String sampler) throws IOException {
        List<Integer> labels = List.of(0, 1, 2, 0, 1);
        Sampler way = Samplers.of(sampler, 4);
        List<List<Integer>> together =
                levels(generate(new GenerationRequest(labels, 30, way, HARD, 5)));
        List<List<Integer>> inTwos =
                levels(generate(new GenerationRequest(labels, 30, way, HARD, 2)));
        for (int i = 0; i < labels.size(); i++) {
            List<Integer> alone =
                    levels(generate(GenerationRequest.of(labels.get(i), 1, 30 + i, way, 2))).get(0);
            assertThat(together.get(i)).as("image %d of five", i).isEqualTo(alone);
            assertThat(inTwos.get(i)).as("image %d in twos", i).isEqualTo(alone);
        }
    }

    @Test
    void manyThreadsGetThePicturesThatOneGets() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (ImageGenerator generator = ImageGenerator.load(checkpoint, Device.cpu())) {
            List<Future<List<List<Integer>>>> results = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                GenerationRequest request = request(i % 3, 2, 100 + i);
                results.add(
                        threads.submit(
                                () ->
                                        levels(
                                                generator.generate(
                                                        request, GenerationListener.NONE))));
            }
            for (int i = 0; i < 8; i++) {
                assertThat(results.get(i).get())
                        .isEqualTo(levels(generate(request(i % 3, 2, 100 + i))));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void anUnconditionalModelNeedsNoLabels(@TempDir Path other) throws IOException {
        checkpoint = TinyCheckpoints.write(other, TinyModels.UNCONDITIONAL, 4);
        assertThat(generate(request(GenerationRequest.ANY, 2, 1))).hasSize(2);
        assertThatThrownBy(() -> generate(request(0, 1, 1)))
                .hasMessageContaining("is unconditional: it has no classes");
    }

    @Test
    void aClassThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> generate(request(3, 1, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has classes 0 to 2, not 3");
    }

    @Test
    void theRecipeReproducesThePicture() throws IOException {
        Recipe recipe = generate(request(2, 3, 40)).get(1).recipe();
        assertThat(recipe.fields())
                .containsEntry("class", "cross")
                .containsEntry("seed", "41")
                .containsEntry("sampler", "heun")
                .containsEntry("weights_sha256", checkpoint.weightsHash());
    }

    @Test
    void progressCountsEveryStepOfEveryBatch() throws IOException {
        List<String> seen = new ArrayList<>();
        try (ImageGenerator generator = ImageGenerator.load(checkpoint, Device.cpu())) {
            generator.generate(
                    new GenerationRequest(
                            List.of(0, 1, 2), 0, Samplers.of("euler", 3), GuidanceStrength.NONE, 2),
                    (done, total) -> seen.add(done + "/" + total));
        }
        assertThat(seen).containsExactly("1/6", "2/6", "3/6", "4/6", "5/6", "6/6");
    }

    @Test
    void everyBatchIsHandedOverAsSoonAsItIsFinished() throws IOException {
        List<String> seen = new ArrayList<>();
        List<GeneratedImage> handed = new ArrayList<>();
        List<GeneratedImage> all;
        try (ImageGenerator generator = ImageGenerator.load(checkpoint, Device.cpu())) {
            all =
                    generator.generate(
                            new GenerationRequest(
                                    List.of(0, 1, 2),
                                    0,
                                    Samplers.of("euler", 2),
                                    GuidanceStrength.NONE,
                                    2),
                            new GenerationListener() {
                                @Override
                                public void progress(int done, int total) {
                                    seen.add("step " + done);
                                }

                                @Override
                                public void finished(int first, List<GeneratedImage> images) {
                                    seen.add("from %s: %s".formatted(first, images.size()));
                                    handed.addAll(images);
                                }
                            });
        }
        assertThat(seen)
                .containsExactly("step 1", "step 2", "from 0: 2", "step 3", "step 4", "from 2: 1");
        assertThat(handed).isEqualTo(all);
    }

    @Test
    void everyEvaluationOfTheModelIsReportedAsGuidedOrNot() throws IOException {
        Map<GuidanceStrength, List<Boolean>> expected =
                Map.of(
                        GuidanceStrength.NONE,
                        List.of(false, false, false, false),
                        new GuidanceStrength(3),
                        List.of(true, true, true, true),
                        // Heun's method in two steps asks at 0, 0.5, 0.5 and 1
                        new GuidanceStrength(3, 0.4, 0.9),
                        List.of(false, true, true, false));
        for (GuidanceStrength guidance : expected.keySet()) {
            List<Integer> evaluated = new ArrayList<>();
            List<Boolean> how = new ArrayList<>();
            try (ImageGenerator generator = ImageGenerator.load(checkpoint, Device.cpu())) {
                generator.generate(
                        new GenerationRequest(
                                List.of(0, 1, 2), 0, Samplers.of("heun", 2), guidance, 2),
                        new GenerationListener() {
                            @Override
                            public void progress(int done, int total) {}

                            @Override
                            public void evaluated(int images, boolean guided) {
                                evaluated.add(images);
                                how.add(guided);
                            }
                        });
            }
            assertThat(evaluated)
                    .as("two evaluations a step of 2 and of 1 images, guidance %s", guidance)
                    .containsExactly(2, 2, 2, 2, 1, 1, 1, 1);
            assertThat(how.subList(0, 4)).as("%s", guidance).isEqualTo(expected.get(guidance));
            assertThat(how.subList(4, 8)).as("%s", guidance).isEqualTo(expected.get(guidance));
        }
    }

    @Test
    void aListenerThatThrowsStopsTheGeneration() throws IOException {
        try (ImageGenerator generator = ImageGenerator.load(checkpoint, Device.cpu())) {
            assertThatThrownBy(
                            () ->
                                    generator.generate(
                                            request(0, 1, 1),
                                            (done, total) -> {
                                                throw new CancellationException("enough");
                                            }))
                    .isInstanceOf(CancellationException.class);
        }
    }

    private static GenerationRequest request(int label, int count, long seed) {
        return GenerationRequest.of(label, count, seed, Samplers.of("heun", 4), 1);
    }

    private List<GeneratedImage> generate(GenerationRequest request) throws IOException {
        try (ImageGenerator generator = ImageGenerator.load(checkpoint, Device.cpu())) {
            return generator.generate(request, GenerationListener.NONE);
        }
    }

    private static List<List<Integer>> levels(List<GeneratedImage> images) {
        return images.stream()
                .map(image -> image.picture().getData())
                .map(
                        raster ->
                                raster.getSamples(
                                        0,
                                        0,
                                        raster.getWidth(),
                                        raster.getHeight(),
                                        0,
                                        (int[]) null))
                .map(samples -> Arrays.stream(samples).boxed().toList())
                .toList();
    }
}
