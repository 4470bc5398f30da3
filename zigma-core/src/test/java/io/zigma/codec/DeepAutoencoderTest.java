package io.zigma.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.base.SampleShape;
import io.zigma.io.Fields;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The autoencoder of deep compression as a codec. */
class DeepAutoencoderTest {

    private static final DeepAutoencoderConfig CONFIG =
            new DeepAutoencoderConfig(3, 5, 8, List.of(8, 12), 1, 4);

    private final NDManager manager = NDManager.newBaseManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    private static float[] random(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }

    /** A codec with random weights everywhere. */
    private static DeepCodec codec(DeepAutoencoderConfig config) {
        DeepAutoencoder network = new DeepAutoencoder(config);
        NDManager own = NDManager.newBaseManager(Device.cpu());
        for (Map.Entry<String, Parameter> entry : network.namedParameters().entrySet()) {
            entry.getValue()
                    .setInitializer(
                            (owner, shape, type) -> {
                                float[] values =
                                        random((int) shape.size(), entry.getKey().hashCode());
                                for (int i = 0; i < values.length; i++) {
                                    values[i] =
                                            entry.getKey().equals(DeepAutoencoder.DEVIATION)
                                                    ? 2 + values[i]
                                                    : values[i] / 3;
                                }
                                return owner.create(values, shape);
                            });
        }
        network.initialize(own);
        return network.codec(own);
    }

    private NDArray pictures(int count, int height, int width) {
        return manager.create(
                random(count * 3 * height * width, 4), new Shape(count, 3, height, width));
    }

    @Test
    void squaresOfPixelsGoIntoChannelsAndBack() {
        NDArray x = pictures(2, 8, 12);
        NDArray squares = SpaceToChannels.apply(x, 4);
        assertThat(squares.getShape()).isEqualTo(new Shape(2, 48, 2, 3));
        // channel 1, row 2, column 3 of the square at the right
        assertThat(squares.getFloat(1, 16 + 2 * 4 + 3, 0, 2)).isEqualTo(x.getFloat(1, 1, 2, 11));
        assertThat(SpaceToChannels.inverse(squares, 4).toFloatArray()).isEqualTo(x.toFloatArray());
    }

    @Test
    void sizesAreThoseThatTheShapeSays() {
        for (DeepAutoencoderConfig config :
                List.of(
                        CONFIG,
                        new DeepAutoencoderConfig(3, 2, 2, List.of(8), 2, 4),
                        new DeepAutoencoderConfig(3, 7, 16, List.of(8, 8, 8), 1, 4))) {
            try (DeepCodec codec = codec(config)) {
                SampleShape pixels = SampleShape.image(3, 32, 16);
                SampleShape sample = codec.sampleOf(pixels);
                NDArray x = codec.encode(pictures(2, 32, 16));
                assertThat(x.getShape()).isEqualTo(sample.batch(2));
                assertThat(codec.pixelsOf(sample)).isEqualTo(pixels);
                assertThat(codec.decode(x).getShape()).isEqualTo(pixels.batch(2));
            }
        }
    }

    @Test
    void aPictureGetsTheSameNumbersAloneAsInABatchAndAsAFrame() {
        try (DeepCodec codec = codec(CONFIG)) {
            NDArray all = pictures(3, 16, 16);
            float[] together = codec.encode(all).toFloatArray();
            float[] alone = codec.encode(all.get("1:2")).toFloatArray();
            assertThat(Arrays.copyOfRange(together, alone.length, 2 * alone.length))
                    .isEqualTo(alone);
            assertThat(codec.encode(all.reshape(1, 3, 3, 16, 16)).toFloatArray())
                    .isEqualTo(together);
        }
    }

    @Test
    void largePicturesAreComputedInTilesOfTheSameSize() {
        try (DeepCodec codec = codec(CONFIG)) {
            NDArray large = pictures(1, 8, 640);
            assertThat(codec.encode(large).getShape()).isEqualTo(new Shape(1, 5, 1, 80));
        }
    }

    @Test
    void nothingStaysInMemoryButTheResult() {
        try (DeepCodec codec = codec(CONFIG)) {
            NDArray x = pictures(2, 16, 16);
            int before = manager.getManagedArrays().size();
            try (NDArray sample = codec.encode(x);
                    NDArray pixels = codec.decode(sample)) {
                assertThat(pixels.getShape()).isEqualTo(x.getShape());
            }
            assertThat(manager.getManagedArrays()).hasSize(before);
        }
    }

    @Test
    void aShapeIsReadAsItWasWritten() throws Exception {
        assertThat(Codecs.REGISTRY.get("deep-autoencoder").read(Fields.of("x", CONFIG.json())))
                .isEqualTo(CONFIG);
        assertThat(
                        DeepAutoencoderConfig.DEFAULT.network().namedParameters().values().stream()
                                .mapToLong(parameter -> parameter.getShape().size())
                                .sum())
                .as("12 MB in half precision")
                .isLessThan(6_000_000);
    }

    @Test
    void impossibleShapesAreRefusedWithTheReason() {
        refused(() -> new DeepAutoencoderConfig(2, 4, 8, List.of(8), 1, 4), "1 channel");
        refused(() -> new DeepAutoencoderConfig(3, 4, 6, List.of(8), 1, 4), "1, 2, 4");
        refused(() -> new DeepAutoencoderConfig(3, 4, 2, List.of(8, 8, 8), 1, 4), "levels");
        refused(() -> new DeepAutoencoderConfig(3, 13, 2, List.of(8), 1, 4), "1 to 12 channels");
        refused(() -> new DeepAutoencoderConfig(3, 4, 8, List.of(10), 1, 4), "4 groups");
        refused(() -> CONFIG.sampleOf(SampleShape.image(3, 20, 16)), "multiples of 8");
        refused(() -> CONFIG.pixelsOf(SampleShape.image(4, 2, 2)), "5 channels, not 4");
    }

    private static void refused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable made, String reason) {
        assertThatThrownBy(made)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void aPreviewIsTheBestLinearFunctionOfTheLatent() {
        LatentPreview.Fit fit = new LatentPreview.Fit(2, 1);
        SampleShape sample = SampleShape.image(2, 2, 2);
        SampleShape picture = SampleShape.image(1, 4, 4);
        for (int i = 0; i < 5; i++) {
            float[] latent = random(8, i);
            float[] pixels = new float[16];
            for (int k = 0; k < 16; k++) {
                int place = k / 8 * 2 + k % 4 / 2;
                pixels[k] = 0.5f * latent[place] - 0.25f * latent[4 + place] + 0.1f;
            }
            fit.add(latent, sample, pixels, picture);
        }
        float[] latent = {1, 0, 0, 0, 0, 1, 0, 0};
        float[] projected = fit.solve().project(latent, 4);
        assertThat(projected[0]).isCloseTo(0.6f, within(1e-4f));
        assertThat(projected[1]).isCloseTo(-0.15f, within(1e-4f));
        float[] large = fit.solve().enlarged(latent, sample, picture);
        assertThat(large[5]).isEqualTo(projected[0]);
        assertThat(large[2]).isEqualTo(projected[1]);
    }
}
