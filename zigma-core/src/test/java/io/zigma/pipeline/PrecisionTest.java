package io.zigma.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.op.Precision;
import io.zigma.sampler.Samplers;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On the shipped model, because tiny ones have no matrix that is worth rounding. */
class PrecisionTest {

    private static final Path MODEL =
            Path.of(System.getProperty("zigma.root"), "models", "fashion");

    @BeforeEach
    void requireBfloat16() {
        try {
            Precision.BFLOAT16.require(Device.cpu());
        } catch (IllegalArgumentException e) {
            Assumptions.abort(e.getMessage());
        }
    }

    @Test
    void picturesInBfloat16LookLikeThoseInFloat32AndAreNotTheSame() throws IOException {
        List<int[]> exact = levels(Precision.FLOAT32);
        List<int[]> rounded = levels(Precision.BFLOAT16);
        for (int i = 0; i < exact.size(); i++) {
            double sum = 0;
            for (int pixel = 0; pixel < exact.get(i).length; pixel++) {
                sum += Math.abs(exact.get(i)[pixel] - rounded.get(i)[pixel]);
            }
            assertThat(sum / exact.get(i).length)
                    .as("mean difference of picture %d in levels of 255", i)
                    .isBetween(1e-9, 3.0);
        }
    }

    @Test
    void theSameRequestGivesTheSamePixels() throws IOException {
        assertThat(levels(Precision.BFLOAT16).get(1)).isEqualTo(levels(Precision.BFLOAT16).get(1));
    }

    @Test
    void theRecipeNamesThePrecision() throws IOException {
        assertThat(generate(Precision.BFLOAT16).get(0).recipe().fields())
                .containsEntry("precision", "bf16");
        assertThat(generate(Precision.FLOAT32).get(0).recipe().fields())
                .doesNotContainKey("precision");
    }

    @Test
    void measuringThePrecisionChangesNoPicture() throws IOException {
        CheckpointFolder checkpoint = CheckpointFolder.open(MODEL);
        GenerationRequest request = GenerationRequest.of(7, 2, 3, Samplers.of("heun", 4), 2);
        try (ImageGenerator generator =
                ImageGenerator.load(
                        checkpoint,
                        Device.cpu(),
                        LoadOptions.DEFAULT.withPrecision(Precision.BFLOAT16))) {
            int[] before = levels(generator.generate(request).get(1));

            assertThat(generator.timeBesideFloat32(request)).isPositive().isFinite();

            assertThat(levels(generator.generate(request).get(1))).isEqualTo(before);
        }
    }

    @Test
    void nothingIsMeasuredInFloat32() throws IOException {
        try (ImageGenerator generator =
                ImageGenerator.load(CheckpointFolder.open(MODEL), Device.cpu())) {
            assertThat(
                            generator.timeBesideFloat32(
                                    GenerationRequest.of(7, 2, 3, Samplers.of("heun", 4), 2)))
                    .isEqualTo(1);
        }
    }

    private static List<int[]> levels(Precision precision) throws IOException {
        return generate(precision).stream().map(PrecisionTest::levels).toList();
    }

    private static int[] levels(GeneratedImage image) {
        Raster raster = image.picture().getData();
        return raster.getSamples(0, 0, raster.getWidth(), raster.getHeight(), 0, (int[]) null);
    }

    private static List<GeneratedImage> generate(Precision precision) throws IOException {
        CheckpointFolder checkpoint = CheckpointFolder.open(MODEL);
        try (ImageGenerator generator =
                ImageGenerator.load(
                        checkpoint, Device.cpu(), LoadOptions.DEFAULT.withPrecision(precision))) {
            return generator.generate(
                    GenerationRequest.of(7, 2, 3, Samplers.of("heun", 4), 2),
                    GenerationListener.NONE);
        }
    }
}
