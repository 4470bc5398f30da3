package io.zigma.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonObject;
import io.zigma.base.GradientMode;
import io.zigma.base.SampleShape;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.nn.Pass;
import io.zigma.op.GradientTape;
import io.zigma.op.Precision;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class AutoencoderTest {

    private static final Tolerance SAME = Tolerance.elementwise(1e-4, 1e-5);

    private static final AutoencoderConfig PLAIN = TinyAutoencoders.HALVING;

    /** 16 channels, no convolutions around the posterior, a shift: the shape of newer ones. */
    private static final AutoencoderConfig SHIFTED =
            new AutoencoderConfig(
                    3,
                    16,
                    16,
                    8,
                    List.of(8, 8, 16),
                    2,
                    List.of(),
                    true,
                    4,
                    1e-6,
                    false,
                    false,
                    0.3611,
                    0.1159);

    /** Attention at a level, other channels inside than in a latent, grey, CompVis' narrow stem. */
    private static final AutoencoderConfig ATTENTIVE =
            new AutoencoderConfig(
                    1, 2, 3, 4, List.of(8, 16), 1, List.of(1), false, 4, 1e-6, true, true, 2, 0);

    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void everyShapeOfAutoencoderGoesToLatentsAndBack() {
        for (AutoencoderConfig config : List.of(PLAIN, SHIFTED, ATTENTIVE)) {
            try (AutoencoderCodec codec = TinyAutoencoders.codec(config, 1)) {
                SampleShape pixels = SampleShape.image(config.pixelChannels(), 16, 24);
                NDArray latents = codec.encode(picture(2, pixels, 3));
                assertThat(latents.getShape()).isEqualTo(codec.sampleOf(pixels).batch(2));
                NDArray decoded = codec.decode(latents);
                assertThat(decoded.getShape()).isEqualTo(pixels.batch(2));
                assertThat(codec.pixelsOf(codec.sampleOf(pixels))).isEqualTo(pixels);
                for (float value : decoded.toFloatArray()) {
                    assertThat(value).isFinite();
                }
            }
        }
    }

    @Test
    void aPictureGetsTheSameNumbersAloneAsInABatch() {
        try (AutoencoderCodec codec = TinyAutoencoders.codec(PLAIN, 1)) {
            NDArray latents = picture(3, SampleShape.image(4, 8, 8), 5);
            float[] all = codec.decode(latents).toFloatArray();
            float[] second = codec.decode(latents.get("1:2")).toFloatArray();
            assertThat(second)
                    .containsExactly(Arrays.copyOfRange(all, second.length, 2 * second.length));
        }
    }

    @Test
    void picturesDecodedInBfloat16AreAlmostThoseOfFloat32() {
        Assumptions.assumeTrue(
                Precision.BFLOAT16.isAvailable(Device.cpu()),
                "this processor does not multiply in bfloat16");
        try (AutoencoderCodec codec = TinyAutoencoders.codec(TinyAutoencoders.wide(3), 1)) {
            NDArray latents = picture(3, SampleShape.image(4, 8, 8), 5);
            float[] plain = codec.decode(latents).toFloatArray();
            codec.setPrecision(Precision.BFLOAT16);
            float[] rounded = codec.decode(latents).toFloatArray();
            float[] second = codec.decode(latents.get("1:2")).toFloatArray();
            codec.setPrecision(Precision.FLOAT32);

            assertThat(distance(rounded, plain)).isBetween(1e-5, 0.02);
            assertThat(second)
                    .containsExactly(Arrays.copyOfRange(rounded, second.length, 2 * second.length));
            assertThat(codec.decode(latents).toFloatArray()).containsExactly(plain);
        }
    }

    /** Returns |a − b| / |b|. */
    private static double distance(float[] a, float[] b) {
        double size = 0;
        double difference = 0;
        for (int i = 0; i < a.length; i++) {
            size += (double) b[i] * b[i];
            difference += (double) (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(difference / size);
    }

    @Test
    void framesOfAVideoArePictures() {
        try (AutoencoderCodec codec = TinyAutoencoders.codec(PLAIN, 1)) {
            NDArray video = picture(2, SampleShape.video(3, 3, 8, 8), 7);
            NDArray latents = codec.encode(video);
            assertThat(latents.getShape()).isEqualTo(new Shape(2, 3, 4, 4, 4));
            NDArray pictures = codec.encode(video.reshape(6, 3, 8, 8));
            assertThat(latents.toFloatArray()).containsExactly(pictures.toFloatArray());
            assertThat(codec.decode(latents).getShape()).isEqualTo(video.getShape());
        }
    }

    @Test
    void aSampleIsTheLatentShiftedAndScaled() {
        try (AutoencoderCodec codec = TinyAutoencoders.codec(SHIFTED, 2)) {
            NDArray pixels = picture(1, SampleShape.image(3, 8, 8), 5);
            NDArray mean = codec.moments(pixels).split(2, 1).get(0);
            Close.assertClose(
                    "sample",
                    codec.encode(pixels),
                    mean.sub(SHIFTED.shift()).mul(SHIFTED.scale()),
                    SAME);
        }
    }

    @Test
    void noNoiseDrawsTheMode() {
        try (AutoencoderCodec codec = TinyAutoencoders.codec(SHIFTED, 2)) {
            NDArray pixels = picture(2, SampleShape.image(3, 8, 8), 5);
            NDArray mode = codec.encode(pixels);
            Close.assertClose(
                    "mode", codec.encode(pixels, manager.zeros(mode.getShape())), mode, SAME);
            assertThat(codec.encode(pixels, manager.ones(mode.getShape())).toFloatArray())
                    .isNotEqualTo(mode.toFloatArray());
        }
    }

    @Test
    void theFastNormsGiveWhatThoseWithGradientsGive() {
        for (AutoencoderConfig config : List.of(PLAIN, SHIFTED, ATTENTIVE)) {
            Autoencoder network = TinyAutoencoders.network(config, 3);
            NDArray latents = picture(1, SampleShape.image(config.latentChannels(), 8, 8), 4);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            NDArray fast = GradientMode.off(() -> network.decode(pass, latents));
            NDArray recorded = GradientMode.on(() -> network.decode(pass, latents));
            Close.assertClose("decoded", fast, recorded, SAME);
        }
    }

    @Test
    void gradientsAreThoseOfFiniteDifferences() {
        Autoencoder network = TinyAutoencoders.network(PLAIN, 3);
        NDArray pixels = picture(1, SampleShape.image(3, 8, 8), 4);
        Pass pass = Pass.training(new ParameterStore(manager, false));
        UnaryOperator<NDArray> loss =
                x -> {
                    NDArray y = network.decode(pass, network.moments(pass, x).split(2, 1).get(0));
                    return y.mul(y).mean();
                };
        try (GradientTape tape = GradientTape.open()) {
            tape.backward(loss.apply(pixels));
        }
        Map<String, Parameter> parameters = network.namedParameters();
        for (String name :
                List.of(
                        "encoder.conv_in.weight",
                        "encoder.down_blocks.0.downsamplers.0.conv.weight",
                        "encoder.mid_block.attentions.0.to_v.weight",
                        "decoder.up_blocks.0.upsamplers.0.conv.bias",
                        "decoder.conv_norm_out.weight",
                        "quant_conv.weight")) {
            NDArray values = parameters.get(name).getArray();
            float gradient = values.getGradient().toFloatArray()[0];
            double step = 1e-2;
            double above = changed(values, step, () -> loss.apply(pixels).getFloat());
            double below = changed(values, -step, () -> loss.apply(pixels).getFloat());
            assertThat((double) gradient)
                    .as(name)
                    .isCloseTo(
                            (above - below) / (2 * step),
                            org.assertj.core.data.Offset.offset(2e-3 + 0.03 * Math.abs(gradient)));
        }
    }

    private static double changed(
            NDArray values, double by, java.util.function.DoubleSupplier work) {
        return GradientMode.off(
                () -> {
                    float[] before = values.toFloatArray();
                    float[] after = before.clone();
                    after[0] += (float) by;
                    values.set(after);
                    double result = work.getAsDouble();
                    values.set(before);
                    return result;
                });
    }

    @Test
    void nothingStaysInMemoryButTheResult() {
        try (AutoencoderCodec codec = TinyAutoencoders.codec(PLAIN, 1)) {
            NDArray latents = picture(2, SampleShape.image(4, 8, 8), 5);
            codec.decode(latents).close();
            int before = manager.getManagedArrays().size();
            codec.decode(latents).close();
            codec.encode(picture(1, SampleShape.image(3, 8, 8), 2)).close();
            assertThat(manager.getManagedArrays().size())
                    .as("arrays")
                    .isEqualTo(before + 1); // the picture
        }
    }

    @Test
    void picturesThatCannotBeEncodedAreRefused() {
        try (AutoencoderCodec codec = TinyAutoencoders.codec(PLAIN, 1)) {
            assertThatThrownBy(() -> codec.encode(picture(1, SampleShape.image(3, 9, 8), 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("multiples of 2, not 9×8");
            assertThatThrownBy(() -> codec.encode(picture(1, SampleShape.image(1, 8, 8), 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("3 channels, not 1");
            assertThatThrownBy(() -> codec.decode(picture(1, SampleShape.image(5, 8, 8), 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("4 channels, not 5");
        }
    }

    @Test
    void aShapeIsReadAsItWasWritten() throws CheckpointException {
        for (AutoencoderConfig config : List.of(PLAIN, SHIFTED, ATTENTIVE)) {
            assertThat(AutoencoderConfig.read(Fields.of("config.json", config.json())))
                    .isEqualTo(config);
        }
        JsonObject unknown = PLAIN.json();
        unknown.addProperty("temperature", 1);
        assertThatThrownBy(() -> AutoencoderConfig.read(Fields.of("config.json", unknown)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("temperature");
    }

    @Test
    void impossibleShapesAreRefusedWithTheReason() {
        assertThatThrownBy(
                        () ->
                                new AutoencoderConfig(
                                        3,
                                        4,
                                        4,
                                        8,
                                        List.of(8, 18),
                                        1,
                                        List.of(),
                                        true,
                                        4,
                                        1e-6,
                                        true,
                                        true,
                                        1,
                                        0))
                .hasMessageContaining("18 channels are not a whole number of 4 groups");
        assertThatThrownBy(
                        () ->
                                new AutoencoderConfig(
                                        3,
                                        4,
                                        4,
                                        8,
                                        List.of(8),
                                        1,
                                        List.of(),
                                        true,
                                        4,
                                        1e-6,
                                        true,
                                        true,
                                        0,
                                        0))
                .hasMessageContaining("positive number");
        assertThatThrownBy(
                        () ->
                                new AutoencoderConfig(
                                        3,
                                        4,
                                        8,
                                        8,
                                        List.of(8),
                                        1,
                                        List.of(),
                                        true,
                                        4,
                                        1e-6,
                                        true,
                                        false,
                                        1,
                                        0))
                .hasMessageContaining("not 4 and 8");
    }

    private NDArray picture(int count, SampleShape shape, long seed) {
        return picture(manager, count, shape, seed);
    }

    static NDArray picture(NDManager manager, int count, SampleShape shape, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count * shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return manager.create(values, shape.batch(count));
    }
}
