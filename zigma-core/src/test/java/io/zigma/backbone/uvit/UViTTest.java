package io.zigma.backbone.uvit;

import static io.zigma.backbone.Gradients.largest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
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
import io.zigma.nn.Pass;
import io.zigma.op.GradientTape;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
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

class UViTTest {

    private static final SampleShape IMAGE = SampleShape.image(3, 8, 4);
    private static final Conditioning CLASSES = new ByClass(5, true);
    private static final Conditioning TEXT = new ByText(6, 4);
    private static final int SAMPLES = 5;

    private static UViTConfig tiny(Conditioning conditioning, boolean plain) {
        return new UViTConfig(
                new Signature(IMAGE, 3, conditioning, 1),
                2,
                16,
                4,
                2,
                4,
                plain,
                plain,
                !plain,
                !plain);
    }

    /** With long skips and the convolution, and without, but with the other two parts. */
    static Stream<UViTConfig> everyCondition() {
        return Stream.of(CLASSES, TEXT, Conditioning.none())
                .flatMap(
                        conditioning ->
                                Stream.of(tiny(conditioning, false), tiny(conditioning, true)));
    }

    @ParameterizedTest
    @MethodSource("everyCondition")
    void gradientsAreTheSameFromTheTapeAndWithBlocksRecomputed(UViTConfig config) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, float[]> graph = gradients(config, manager, null);
            Map<String, float[]> tape = gradients(config, manager, GradientTape::open);
            Map<String, float[]> again = gradients(config, manager, GradientTape::openRecomputing);
            assertThat(tape.keySet()).isEqualTo(graph.keySet()).contains("mid_block.mlp.fc2.bias");
            graph.forEach(
                    (name, expected) -> {
                        Close.assertClose(
                                name, tape.get(name), expected, Tolerance.ofLargest(1e-4, 1e-6));
                        assertThat(again.get(name)).as(name).containsExactly(tape.get(name));
                    });
        }
    }

    /** A parameter without influence has no place in a model. */
    @ParameterizedTest
    @MethodSource("everyCondition")
    void everyLearnedParameterHasAGradient(UViTConfig config) {
        try (NDManager manager = NDManager.newBaseManager()) {
            gradients(config, manager, GradientTape::open)
                    .forEach(
                            (name, gradient) ->
                                    assertThat(largest(gradient)).as(name).isPositive());
        }
    }

    @ParameterizedTest
    @MethodSource("everyCondition")
    void aSampleIsTheSameAloneAsInABatch(UViTConfig config) {
        // the engine's attention does not promise it for heads of less than 16 channels
        UViTConfig wide =
                UViTKind.INSTANCE.change(config, config.signature(), Map.of("hidden-size", "64"));
        try (NDManager manager = NDManager.newBaseManager()) {
            UViT model = RandomWeights.of(wide.create(0), manager);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            NDArray x = RandomWeights.normal(manager, new Random(3), new Shape(SAMPLES, 3, 8, 4));
            NDArray t = Gradients.times(manager);
            Condition condition = condition(wide, manager);
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

    @ParameterizedTest
    @MethodSource("everyCondition")
    void itListensToTimeAndCondition(UViTConfig config) {
        try (NDManager manager = NDManager.newBaseManager()) {
            UViT model = RandomWeights.of(config.create(0), manager);
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

    @Test
    void aTextIsAsLongAsThereArePositionsForOrShorter() {
        try (NDManager manager = NDManager.newBaseManager()) {
            UViT model = RandomWeights.of(tiny(TEXT, false).create(0), manager);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            NDArray x = manager.zeros(new Shape(1, 3, 8, 4));
            NDArray t = manager.ones(new Shape(1));
            Condition two = Condition.ofContext(manager.ones(new Shape(1, 2, 6)));
            assertThat(model.forward(pass, x, t, two).getShape()).isEqualTo(x.getShape());
            Condition five = Condition.ofContext(manager.ones(new Shape(1, 5, 6)));
            assertThatThrownBy(() -> model.forward(pass, x, t, five))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("texts of up to 4 tokens, not 5");
        }
    }

    @Test
    void theInitialisationIsThePublishedOne() {
        try (NDManager manager = NDManager.newBaseManager()) {
            UViTConfig small = UViTKind.INSTANCE.small();
            UViT model =
                    small.with(small.signature().withConditioning(new ByClass(200, true)))
                            .create(4);
            model.initialize(manager);
            Map<String, Parameter> all = model.namedParameters();
            assertThat(RandomWeights.deviation(all, "out_blocks.3.attn.qkv.weight"))
                    .isCloseTo(0.02, within(0.001));
            assertThat(RandomWeights.deviation(all, "out_blocks.3.skip_linear.weight"))
                    .isCloseTo(0.02, within(0.001));
            assertThat(RandomWeights.deviation(all, "pos_embed")).isCloseTo(0.02, within(0.001));
            assertThat(RandomWeights.deviation(all, "decoder_pred.weight"))
                    .isCloseTo(0.02, within(0.002));
            assertThat(RandomWeights.deviation(all, "label_emb.weight")).isCloseTo(1, within(0.02));
            // uniform in ±1/√in
            assertThat(RandomWeights.deviation(all, "patch_embed.proj.weight"))
                    .isCloseTo(1 / Math.sqrt(3 * 12), within(0.01));
            assertThat(RandomWeights.deviation(all, "patch_embed.proj.bias"))
                    .isCloseTo(1 / Math.sqrt(3 * 12), within(0.02));
            assertThat(RandomWeights.deviation(all, "final_layer.weight"))
                    .isCloseTo(1 / Math.sqrt(3 * 27), within(0.02));
            assertThat(RandomWeights.deviation(all, "mid_block.mlp.fc1.bias")).isZero();
            assertThat(RandomWeights.deviation(all, "norm.weight")).isEqualTo(1);
        }
    }

    /** As in table 1 of the paper and in its experiments. */
    @ParameterizedTest
    @CsvSource({
        "s-2,44",
        "s-4,44",
        "s-2-text,45",
        "s-deep-2-text,58",
        "m-4,131",
        "l-4,287",
        "l-2,287",
        "l-4-latent,287",
        "h-2,501",
        "h-4,501"
    })
    void thePresetsHaveThePublishedNumberOfParameters(String preset, long millions) {
        long count = UViTKind.INSTANCE.preset(preset).create(0).parameterCount();
        assertThat(Math.abs(count / 1e6 - millions)).isLessThanOrEqualTo(1);
    }

    /** U-ViT-H/2 is published as 133 Gflops, which are multiply-adds. */
    @Test
    void theWorkIsThePublishedNumber() {
        double billions = UViTKind.INSTANCE.preset("h-2").create(0).operations().total() / 1e9;
        assertThat(billions).isBetween(132.5, 134.0);
    }

    @Test
    void aPublishedModelIsRecognisedByTheShapesOfItsWeights() {
        UViTKind.INSTANCE
                .presets()
                .forEach(
                        (name, preset) ->
                                assertThat(
                                                UViTKind.INSTANCE.infer(
                                                        RandomWeights.shapes(preset), c -> c))
                                        .as(name)
                                        .contains(preset));
    }

    @Test
    void everyVariantOfTheOfficialProgramIsRecognised() {
        UViTConfig small = UViTKind.INSTANCE.preset("s-2-text");
        UViTConfig variant =
                UViTKind.INSTANCE.change(
                        small,
                        new Signature(SampleShape.image(4, 16, 16), 4, new ByText(24, 7), 1),
                        Map.of(
                                "depth", "4",
                                "patch-size", "4",
                                "long-skip", "none",
                                "last-layer", "none",
                                "qkv-bias", "true",
                                "time-mlp", "true"));
        assertThat(UViTKind.INSTANCE.infer(RandomWeights.shapes(variant), c -> c))
                .contains(variant);
    }

    @Test
    void weightsOfAnotherModelAreNotRecognised() {
        Map<String, long[]> strange = RandomWeights.shapes(UViTKind.INSTANCE.preset("s-4"));
        strange.put("mid_block.extra", new long[] {1});
        assertThat(UViTKind.INSTANCE.infer(strange, c -> c)).isEmpty();
        Map<String, long[]> wider = RandomWeights.shapes(UViTKind.INSTANCE.preset("s-4"));
        wider.put("in_blocks.3.attn.proj.bias", new long[] {385});
        assertThat(UViTKind.INSTANCE.infer(wider, c -> c)).isEmpty();
        // its heads are nowhere to be seen
        assertThat(UViTKind.INSTANCE.infer(RandomWeights.shapes(tiny(CLASSES, false)), c -> c))
                .isEmpty();
        assertThat(UViTKind.INSTANCE.infer(Map.of(), c -> c)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("everyCondition")
    void theDescriptionInAFileIsReadBack(UViTConfig config) throws CheckpointException {
        assertThat(
                        UViTKind.INSTANCE.read(
                                Fields.of("config.json", config.json()), config.signature()))
                .isEqualTo(config);
        assertThat(UViTKind.INSTANCE.change(config, config.signature(), config.settings()))
                .isEqualTo(config);
    }

    @Test
    void optionsSayWhatTheyCannotMean() {
        UViTConfig small = UViTKind.INSTANCE.small();
        assertThatThrownBy(
                        () ->
                                UViTKind.INSTANCE.change(
                                        small, small.signature(), Map.of("long-skip", "add")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("long-skip must be one of");
        assertThatThrownBy(
                        () ->
                                UViTKind.INSTANCE.change(
                                        small, small.signature(), Map.of("heads", "3")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("multiple of the 3 heads");
        assertThatThrownBy(
                        () ->
                                small.with(
                                        Signature.of(
                                                SampleShape.video(2, 3, 8, 8),
                                                Conditioning.none())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not videos");
        assertThatThrownBy(
                        () ->
                                small.with(
                                        Signature.of(
                                                SampleShape.image(3, 9, 8), Conditioning.none())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("image 9×8 is not a whole number of 2-pixel patches");
    }

    private static Offset<Double> within(double x) {
        return Offset.offset(x);
    }

    /** One label or text a sample; the second half of the last text is padding. */
    private static Condition condition(UViTConfig config, NDManager manager) {
        if (config.conditioning().labelRows() > 0) {
            return Condition.ofLabels(manager.create(new long[] {0, 1, 2, 4, 5}));
        }
        if (config.conditioning().contextSize() == 0) {
            return Condition.NONE;
        }
        float[] mask = new float[SAMPLES * 4];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i < mask.length - 2 ? 1 : 0;
        }
        return new Condition(
                null,
                RandomWeights.normal(manager, new Random(5), new Shape(SAMPLES, 4, 6)),
                manager.create(mask, new Shape(SAMPLES, 4)));
    }

    private static Map<String, float[]> gradients(
            UViTConfig config, NDManager parent, @Nullable Supplier<GradientTape> opener) {
        return Gradients.of(config, parent, owner -> condition(config, owner), opener);
    }
}
