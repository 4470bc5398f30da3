package io.zigma.backbone.adm;

import static io.zigma.backbone.Gradients.largest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonObject;
import io.zigma.backbone.Gradients;
import io.zigma.backbone.RandomWeights;
import io.zigma.backbone.Signature;
import io.zigma.base.GradientMode;
import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.condition.Condition;
import io.zigma.condition.Conditioning;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.nn.DropPath;
import io.zigma.nn.Pass;
import io.zigma.op.GradientTape;
import io.zigma.op.ReferencePath;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AdmTest {

    private static final SampleShape IMAGE = SampleShape.image(3, 8, 4);
    private static final Conditioning CLASSES = new ByClass(5, true);
    private static final int SAMPLES = 5;

    private static AdmConfig tiny(
            Conditioning conditioning,
            int heads,
            QkvOrder order,
            boolean scaleShift,
            Resampling resampling) {
        return new AdmConfig(
                new Signature(IMAGE, 3, conditioning, 1),
                new AdmShape(
                        64, // groups of two channels: a norm of one leaves no gradient to its bias
                        List.of(1.0, 1.5),
                        1,
                        List.of(2),
                        heads,
                        heads > 0 ? 0 : 16,
                        order,
                        scaleShift,
                        resampling));
    }

    /** Each way of everything, with classes and without. */
    static Stream<AdmConfig> everyVariant() {
        return Stream.of(CLASSES, Conditioning.none())
                .flatMap(
                        conditioning ->
                                Stream.of(
                                        tiny(
                                                conditioning,
                                                0,
                                                QkvOrder.BY_KIND,
                                                true,
                                                Resampling.RESIDUAL),
                                        tiny(
                                                conditioning,
                                                4,
                                                QkvOrder.BY_HEAD,
                                                false,
                                                Resampling.CONVOLUTION),
                                        tiny(
                                                conditioning,
                                                1,
                                                QkvOrder.BY_HEAD,
                                                true,
                                                Resampling.PLAIN)));
    }

    @ParameterizedTest
    @MethodSource("everyVariant")
    void gradientsAreTheSameFromTheTapeAndWithBlocksRecomputed(AdmConfig config) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, float[]> graph = gradients(config, manager, null);
            Map<String, float[]> tape = gradients(config, manager, GradientTape::open);
            Map<String, float[]> again = gradients(config, manager, GradientTape::openRecomputing);
            assertThat(tape.keySet()).isEqualTo(graph.keySet()).contains("middle_block.1.qkv.bias");
            List<String> others = new ArrayList<>();
            graph.forEach(
                    (name, expected) -> {
                        Close.assertClose(
                                name, tape.get(name), expected, Tolerance.ofLargest(1e-4, 1e-5));
                        if (!Arrays.equals(again.get(name), tape.get(name))) {
                            others.add(name);
                        }
                    });
            assertThat(others).as("gradients with other bits when recomputed").isEmpty();
        }
    }

    /** A parameter without influence has no place in a model. */
    @ParameterizedTest
    @MethodSource("everyVariant")
    void everyLearnedParameterHasAGradient(AdmConfig config) {
        try (NDManager manager = NDManager.newBaseManager()) {
            gradients(config, manager, GradientTape::open)
                    .forEach(
                            (name, gradient) ->
                                    assertThat(largest(gradient)).as(name).isPositive());
        }
    }

    @ParameterizedTest
    @MethodSource("everyVariant")
    void aSampleIsTheSameAloneAsInABatch(AdmConfig config) {
        try (NDManager manager = NDManager.newBaseManager()) {
            AdmUnet model = RandomWeights.of(config.create(0), manager);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            NDArray x = RandomWeights.normal(manager, new Random(3), new Shape(SAMPLES, 3, 8, 4));
            NDArray t = Gradients.times(manager);
            Condition condition = condition(config, manager);
            NDArray all = GradientMode.off(() -> model.forward(pass, x, t, condition));
            assertThat(all.getShape()).isEqualTo(new Shape(SAMPLES, 3, 8, 4));
            for (int i = 0; i < SAMPLES; i++) {
                NDIndex one = new NDIndex("{}:{}", i, i + 1);
                Condition own = condition.part(i, i + 1);
                NDArray alone =
                        GradientMode.off(() -> model.forward(pass, x.get(one), t.get(one), own));
                assertThat(alone.toFloatArray()).containsExactly(all.get(one).toFloatArray());
            }
        }
    }

    /** Kernels that read and write less give what plain operations give. */
    @ParameterizedTest
    @MethodSource("everyVariant")
    void theFusedPathGivesWhatTheReferenceGives(AdmConfig config) {
        try (NDManager manager = NDManager.newBaseManager()) {
            AdmUnet model = RandomWeights.of(config.create(0), manager);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            NDArray x = RandomWeights.normal(manager, new Random(3), new Shape(SAMPLES, 3, 8, 4));
            NDArray t = Gradients.times(manager);
            Condition condition = condition(config, manager);
            NDArray fused = GradientMode.off(() -> model.forward(pass, x, t, condition));
            NDArray plain =
                    GradientMode.off(
                            () -> ReferencePath.run(() -> model.forward(pass, x, t, condition)));
            Close.assertClose(
                    "output",
                    fused.toFloatArray(),
                    plain.toFloatArray(),
                    Tolerance.ofLargest(1e-5, 1e-6));
        }
    }

    @ParameterizedTest
    @MethodSource("everyVariant")
    void itListensToTimeAndClass(AdmConfig config) {
        try (NDManager manager = NDManager.newBaseManager()) {
            AdmUnet model = RandomWeights.of(config.create(0), manager);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            NDArray x = RandomWeights.normal(manager, new Random(3), new Shape(SAMPLES, 3, 8, 4));
            NDArray t = Gradients.times(manager);
            Condition condition = condition(config, manager);
            NDArray plain = model.forward(pass, x, t, condition);
            assertThat(model.forward(pass, x, t, condition)).isEqualTo(plain);
            NDArray later = model.forward(pass, x, t.add(1), condition);
            assertThat(largest(later.sub(plain).toFloatArray())).isGreaterThan(1e-3f);
            if (!condition.isNone()) {
                Condition other = condition.part(1, SAMPLES).concat(condition.part(0, 1));
                NDArray asked = model.forward(pass, x, t, other);
                assertThat(largest(asked.sub(plain).toFloatArray())).isGreaterThan(1e-3f);
            }
        }
    }

    private static AdmConfig withDropout() {
        AdmConfig plain = tiny(CLASSES, 0, QkvOrder.BY_KIND, true, Resampling.RESIDUAL);
        return AdmKind.INSTANCE.change(plain, plain.signature(), Map.of("dropout", "0.3"));
    }

    @Test
    void dropoutIsOffWhenAModelSamplesAndOnWhenItTrains() {
        AdmConfig config = withDropout();
        try (NDManager manager = NDManager.newBaseManager()) {
            AdmUnet model = RandomWeights.of(config.create(0), manager);
            ParameterStore store = new ParameterStore(manager, false);
            AdmUnet plain =
                    RandomWeights.of(
                            tiny(CLASSES, 0, QkvOrder.BY_KIND, true, Resampling.RESIDUAL).create(0),
                            manager);
            float[] sampled = output(model, Pass.inference(store), manager, 0, SAMPLES);
            assertThat(output(plain, Pass.inference(store), manager, 0, SAMPLES))
                    .isEqualTo(sampled);
            float[] trained =
                    output(model, new Pass(store, true, DropPath.seeded(4)), manager, 0, SAMPLES);
            assertThat(trained).isNotEqualTo(sampled);
            assertThat(
                            output(
                                    model,
                                    new Pass(store, true, DropPath.seeded(4)),
                                    manager,
                                    0,
                                    SAMPLES))
                    .as("the same seed")
                    .isEqualTo(trained);
            assertThat(
                            output(
                                    model,
                                    new Pass(store, true, DropPath.seeded(5)),
                                    manager,
                                    0,
                                    SAMPLES))
                    .as("another seed")
                    .isNotEqualTo(trained);
        }
    }

    private static float[] output(AdmUnet model, Pass pass, NDManager manager, int from, int to) {
        NDArray x = RandomWeights.normal(manager, new Random(3), new Shape(SAMPLES, 3, 8, 4));
        NDIndex part = new NDIndex("{}:{}", from, to);
        try (GradientTape ignored = GradientTape.open()) { // else each picture is computed alone
            return model.forward(
                            pass,
                            x.get(part),
                            Gradients.times(manager).get(part),
                            condition(model.spec(), manager).part(from, to))
                    .toFloatArray();
        }
    }

    @Test
    void aPartOfABatchLeavesOutWhatTheWholeDoes() {
        AdmConfig config = withDropout();
        try (NDManager manager = NDManager.newBaseManager()) {
            AdmUnet model = RandomWeights.of(config.create(0), manager);
            ParameterStore store = new ParameterStore(manager, false);
            float[] whole =
                    output(model, new Pass(store, true, DropPath.seeded(4)), manager, 0, SAMPLES);
            float[] part =
                    output(
                            model,
                            new Pass(store, true, DropPath.seeded(4).part(SAMPLES, 3)),
                            manager,
                            3,
                            SAMPLES);
            Close.assertClose(
                    "part",
                    part,
                    Arrays.copyOfRange(whole, whole.length * 3 / SAMPLES, whole.length),
                    Tolerance.ofLargest(1e-5, 1e-6));
        }
    }

    @Test
    void layersThatRunTwiceLeaveOutTheSame() {
        AdmConfig config = withDropout();
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, float[]> tape =
                    Gradients.of(
                            config,
                            manager,
                            own -> condition(config, own),
                            GradientTape::open,
                            DropPath.seeded(9));
            Map<String, float[]> again =
                    Gradients.of(
                            config,
                            manager,
                            own -> condition(config, own),
                            GradientTape::openRecomputing,
                            DropPath.seeded(9));
            Map<String, float[]> graph =
                    Gradients.of(
                            config,
                            manager,
                            own -> condition(config, own),
                            null,
                            DropPath.seeded(9));
            tape.forEach(
                    (name, gradient) -> {
                        assertThat(again.get(name)).as(name).isEqualTo(gradient);
                        Close.assertClose(
                                name, gradient, graph.get(name), Tolerance.ofLargest(1e-4, 1e-5));
                    });
        }
    }

    @Test
    void aFileFromBeforeThereWasDropoutHasNone() throws CheckpointException {
        AdmConfig config = tiny(CLASSES, 0, QkvOrder.BY_KIND, true, Resampling.RESIDUAL);
        JsonObject json = config.json();
        json.remove("dropout");
        assertThat(AdmKind.INSTANCE.read(Fields.of("config.json", json), config.signature()))
                .isEqualTo(config);
    }

    @Test
    void theModelOf64PixelsHasThePublishedDropout() {
        assertThat(AdmKind.INSTANCE.preset("64").shape().dropout()).isEqualTo(0.1);
        assertThat(AdmKind.INSTANCE.preset("256").shape().dropout()).isZero();
    }

    @Test
    void theInitialisationIsThePublishedOne() {
        try (NDManager manager = NDManager.newBaseManager()) {
            AdmConfig small = AdmKind.INSTANCE.small();
            AdmUnet model =
                    small.with(small.signature().withConditioning(new ByClass(200, true)))
                            .create(4);
            model.initialize(manager);
            Map<String, Parameter> all = model.namedParameters();
            for (String zero :
                    List.of(
                            "out.2.weight",
                            "out.2.bias",
                            "input_blocks.1.0.out_layers.3.weight",
                            "middle_block.1.proj_out.weight",
                            "output_blocks.2.0.out_layers.3.bias",
                            "middle_block.0.in_layers.0.bias")) {
                assertThat(RandomWeights.deviation(all, zero)).as(zero).isZero();
            }
            for (String one :
                    List.of(
                            "out.0.weight",
                            "middle_block.1.norm.weight",
                            "middle_block.0.in_layers.0.weight")) {
                assertThat(RandomWeights.deviation(all, one)).as(one).isEqualTo(1);
            }
            assertThat(RandomWeights.deviation(all, "label_emb.weight")).isCloseTo(1, within(0.02));
            // uniform in ±1/√in
            assertThat(RandomWeights.deviation(all, "input_blocks.0.0.weight"))
                    .isCloseTo(1 / Math.sqrt(3 * 27), within(0.01));
            assertThat(RandomWeights.deviation(all, "input_blocks.1.0.in_layers.2.bias"))
                    .isCloseTo(1 / Math.sqrt(3 * 64 * 9), within(0.005));
            assertThat(RandomWeights.deviation(all, "middle_block.1.qkv.weight"))
                    .isCloseTo(1 / Math.sqrt(3 * 128), within(0.002));
            assertThat(RandomWeights.deviation(all, "middle_block.0.emb_layers.1.weight"))
                    .isCloseTo(1 / Math.sqrt(3 * 256), within(0.002));
        }
    }

    /** As in table 7 of the paper and with its program. */
    @ParameterizedTest
    @CsvSource({"64,296", "128,422", "256,554", "256-unconditional,553", "512,559"})
    void thePresetsHaveThePublishedNumberOfParameters(String preset, long millions) {
        long count = AdmKind.INSTANCE.preset(preset).create(0).parameterCount();
        assertThat(Math.abs(count / 1e6 - millions)).isLessThanOrEqualTo(1);
    }

    /** DiT's paper gives ADM of 256 pixels 1120 Gflops and that of 512 1983, multiply-adds. */
    @ParameterizedTest
    @CsvSource({"256,1120", "512,1983"})
    void theWorkIsThePublishedNumber(String preset, double billions) {
        double count = AdmKind.INSTANCE.preset(preset).create(0).operations().total() / 1e9;
        assertThat(count).isBetween(0.97 * billions, 1.03 * billions);
    }

    @Test
    void aPublishedModelIsRecognisedByTheShapesOfItsWeights() {
        AdmKind.INSTANCE
                .presets()
                .forEach(
                        (name, preset) ->
                                assertThat(
                                                AdmKind.INSTANCE.infer(
                                                        RandomWeights.shapes(preset), c -> c))
                                        .as(name)
                                        .contains(preset));
    }

    @Test
    void everyVariantOfTheOfficialProgramIsRecognised() {
        AdmConfig published = AdmKind.INSTANCE.preset("256");
        for (Resampling resampling : Resampling.values()) {
            AdmConfig variant =
                    AdmKind.INSTANCE.change(
                            published,
                            new Signature(
                                    SampleShape.image(4, 256, 256), 4, new ByClass(7, false), 1),
                            Map.of(
                                    "base-channels", "64",
                                    "res-blocks", "1",
                                    "attention-rates", "2,32",
                                    "adaptive-norm", "add",
                                    "resampling", resampling.label()));
            assertThat(AdmKind.INSTANCE.infer(RandomWeights.shapes(variant), c -> c))
                    .contains(variant);
        }
    }

    /** Official {@code 64_256_upsampler.pt}: noise and a smaller picture, three channels each. */
    @Test
    void anUpsamplerIsNoModelOfSixChannels() {
        AdmConfig published = AdmKind.INSTANCE.preset("256");
        AdmConfig upsampler =
                AdmKind.INSTANCE.change(
                        published,
                        new Signature(
                                SampleShape.image(6, 256, 256), 6, published.conditioning(), 1),
                        Map.of("base-channels", "192"));
        assertThat(AdmKind.INSTANCE.infer(RandomWeights.shapes(upsampler), c -> c)).isEmpty();
    }

    @Test
    void weightsOfAnotherModelAreNotRecognised() {
        AdmConfig small =
                AdmKind.INSTANCE.change(
                        AdmKind.INSTANCE.preset("64"),
                        AdmKind.INSTANCE.preset("64").signature(),
                        Map.of("base-channels", "64", "res-blocks", "1"));
        Map<String, long[]> strange = RandomWeights.shapes(small);
        assertThat(AdmKind.INSTANCE.infer(strange, c -> c)).contains(small);
        strange.put("middle_block.extra", new long[] {1});
        assertThat(AdmKind.INSTANCE.infer(strange, c -> c)).isEmpty();
        Map<String, long[]> wider = RandomWeights.shapes(small);
        wider.put("middle_block.1.norm.bias", new long[] {257});
        assertThat(AdmKind.INSTANCE.infer(wider, c -> c)).isEmpty();
        // with no published multipliers, its side and heads are nowhere to be seen
        assertThat(AdmKind.INSTANCE.infer(RandomWeights.shapes(AdmKind.INSTANCE.small()), c -> c))
                .isEmpty();
        Map<String, long[]> endless = RandomWeights.shapes(small);
        endless.put("input_blocks.9999.0.weight", new long[] {1});
        assertThat(AdmKind.INSTANCE.infer(endless, c -> c)).isEmpty();
        assertThat(AdmKind.INSTANCE.infer(Map.of(), c -> c)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("everyVariant")
    void theDescriptionInAFileIsReadBack(AdmConfig config) throws CheckpointException {
        assertThat(
                        AdmKind.INSTANCE.read(
                                Fields.of("config.json", config.json()), config.signature()))
                .isEqualTo(config);
        assertThat(AdmKind.INSTANCE.change(config, config.signature(), config.settings()))
                .isEqualTo(config);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "base-channels|48|48 base channels times 1 are 48 channels, the norms need a multiple of 32",
                "multipliers|1,x|numbers with commas between them, such as 1,2,2, not '1,x'",
                "multipliers|1,2,2,2,2,2,2|image 32×32 cannot be halved 6 times",
                "attention-rates|3|attention at rate 3 of downsampling; use some of 1, 2, 4 up to 4",
                "attention-rates|4,2|in rising order",
                "head-channels|0|attention has 0 heads of 0 channels; give one of the two",
                "head-count|4|attention has 4 heads of 32 channels; give one of the two",
                "head-channels|24|attention on 128 channels cannot have heads of 24 channels",
                "resampling|bilinear|resampling must be one of"
            })
    void optionsSayWhatTheyCannotMean(String name, String value, String refusal) {
        AdmConfig small = AdmKind.INSTANCE.small();
        assertThatThrownBy(
                        () ->
                                AdmKind.INSTANCE.change(
                                        small, small.signature(), Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(refusal);
    }

    @Test
    void itKnowsNeitherVideosNorTexts() {
        AdmConfig small = AdmKind.INSTANCE.small();
        assertThatThrownBy(
                        () ->
                                small.with(
                                        Signature.of(
                                                SampleShape.video(2, 3, 8, 8),
                                                Conditioning.none())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not videos");
        assertThatThrownBy(() -> small.with(small.signature().withConditioning(new ByText(8, 4))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("classes, not texts");
    }

    /** What the floor of a measurement is made of is all that the network multiplies. */
    @Test
    void theVectorsOfEachWeightAddUpToTheWork() {
        for (AdmConfig config : everyVariant().toList()) {
            AdmUnet model = config.create(0);
            long sum = 0;
            for (Map.Entry<String, Parameter> entry : model.namedParameters().entrySet()) {
                Shape shape = entry.getValue().getShape();
                if (entry.getKey().endsWith(".weight") && shape.dimension() > 1) {
                    sum += model.vectors(entry.getKey()).orElseThrow() * shape.size();
                }
            }
            assertThat(sum).isEqualTo(model.operations().matrixProducts());
        }
    }

    private static Offset<Double> within(double x) {
        return Offset.offset(x);
    }

    private static Condition condition(AdmConfig config, NDManager manager) {
        return config.conditioning().labelRows() > 0
                ? Condition.ofLabels(manager.create(new long[] {0, 1, 2, 4, 5}))
                : Condition.NONE;
    }

    private static Map<String, float[]> gradients(
            AdmConfig config, NDManager parent, @Nullable Supplier<GradientTape> opener) {
        return Gradients.of(config, parent, owner -> condition(config, owner), opener);
    }
}
