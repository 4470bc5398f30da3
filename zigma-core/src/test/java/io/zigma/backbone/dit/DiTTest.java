package io.zigma.backbone.dit;

import static io.zigma.backbone.Gradients.largest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.zigma.backbone.Gradients;
import io.zigma.backbone.RandomWeights;
import io.zigma.backbone.Signature;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DiTTest {

    private static final SampleShape IMAGE = SampleShape.image(3, 8, 4);
    private static final Conditioning CLASSES = new ByClass(5, true);

    private static DiTConfig tiny(BlockKind block, Conditioning conditioning) {
        return new DiTConfig(
                new Signature(IMAGE, 3, conditioning, 1), 2, 16, 2, 2, 4, block, false);
    }

    static Stream<DiTConfig> everyBlockWithClassesAndWithout() {
        return Stream.of(BlockKind.values())
                .flatMap(
                        block ->
                                Stream.of(CLASSES, Conditioning.none())
                                        .map(conditioning -> tiny(block, conditioning)));
    }

    @ParameterizedTest
    @MethodSource("everyBlockWithClassesAndWithout")
    void gradientsAreTheSameFromTheTapeAndWithBlocksRecomputed(DiTConfig config) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, float[]> graph = gradients(config, manager, null);
            Map<String, float[]> tape = gradients(config, manager, GradientTape::open);
            Map<String, float[]> again = gradients(config, manager, GradientTape::openRecomputing);
            assertThat(tape.keySet()).isEqualTo(graph.keySet()).contains("blocks.1.mlp.fc2.bias");
            graph.forEach(
                    (name, expected) -> {
                        Close.assertClose(
                                name, tape.get(name), expected, Tolerance.ofLargest(1e-4, 1e-6));
                        assertThat(again.get(name)).as(name).containsExactly(tape.get(name));
                    });
        }
    }

    /** Where time is all there is to attend to, the queries do not matter. */
    static Stream<DiTConfig> modelsWithSomethingToChoose() {
        return everyBlockWithClassesAndWithout()
                .filter(
                        config ->
                                config.block() != BlockKind.CROSS_ATTENTION
                                        || config.conditioning().classes() > 0);
    }

    /** A parameter without influence has no place in a model. */
    @ParameterizedTest
    @MethodSource("modelsWithSomethingToChoose")
    void everyLearnedParameterHasAGradient(DiTConfig config) {
        try (NDManager manager = NDManager.newBaseManager()) {
            gradients(config, manager, GradientTape::open)
                    .forEach(
                            (name, gradient) ->
                                    assertThat(largest(gradient)).as(name).isPositive());
        }
    }

    @ParameterizedTest
    @EnumSource(BlockKind.class)
    void everyBlockListensToTimeAndClass(BlockKind block) {
        try (NDManager manager = NDManager.newBaseManager()) {
            DiT model = RandomWeights.of(tiny(block, CLASSES).create(0), manager);
            NDArray plain = predict(model, manager, 3, 1);
            assertThat(plain.getShape()).isEqualTo(new Shape(2, 3, 8, 4));
            assertThat(predict(model, manager, 3, 1)).isEqualTo(plain);
            assertThat(largest(predict(model, manager, 7, 1).sub(plain).toFloatArray()))
                    .isGreaterThan(1e-3f);
            assertThat(largest(predict(model, manager, 3, 5).sub(plain).toFloatArray()))
                    .isGreaterThan(1e-3f);
        }
    }

    @Test
    void aNewModelReturnsZeroAndItsAdaLnZeroBlocksAreTheIdentity() {
        try (NDManager manager = NDManager.newBaseManager()) {
            DiT model = tiny(BlockKind.ADALN_ZERO, CLASSES).create(1);
            model.initialize(manager);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            NDArray tokens = manager.randomNormal(new Shape(2, 8, 16));
            NDArray c = manager.randomNormal(new Shape(2, 16));
            float[] before = tokens.toFloatArray();
            assertThat(model.blocks().get(1).apply(pass, tokens, c, null).toFloatArray())
                    .containsExactly(before);
            assertThat(largest(predict(model, manager, 3, 1).toFloatArray())).isZero();
        }
    }

    @Test
    void theInitialisationIsThePublishedOne() {
        try (NDManager manager = NDManager.newBaseManager()) {
            DiT model = DiTKind.INSTANCE.small().create(4);
            model.initialize(manager);
            Map<String, Parameter> all = model.namedParameters();
            // Xavier: a uniform distribution of variance 2 / (in + out)
            assertThat(RandomWeights.deviation(all, "blocks.3.attn.qkv.weight"))
                    .isCloseTo(Math.sqrt(2.0 / (128 + 384)), within(0.002));
            assertThat(RandomWeights.deviation(all, "x_embedder.proj.weight"))
                    .isCloseTo(Math.sqrt(2.0 / (12 + 128)), within(0.01));
            assertThat(RandomWeights.deviation(all, "t_embedder.mlp.0.weight"))
                    .isCloseTo(0.02, within(0.002));
            assertThat(RandomWeights.deviation(all, "final_layer.linear.weight")).isZero();
            assertThat(RandomWeights.deviation(all, "blocks.0.adaLN_modulation.1.weight")).isZero();
            assertThat(RandomWeights.deviation(all, "blocks.0.mlp.fc1.bias")).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"s-2,33", "b-2,130", "l-2,458", "xl-2,675", "xl-4,676", "xl-8,676", "s-8,33"})
    void thePresetsHaveThePublishedNumberOfParameters(String preset, long millions) {
        long count = DiTKind.INSTANCE.preset(preset).create(0).parameterCount();
        assertThat(Math.abs(count / 1e6 - millions)).isLessThanOrEqualTo(1);
    }

    @Test
    void theLargestHasExactlyTheOfficialNumber() {
        assertThat(DiTKind.INSTANCE.preset("XL-2").create(0).parameterCount())
                .isEqualTo(675_129_632);
    }

    @Test
    void aPublishedModelIsRecognisedByTheShapesOfItsWeights() {
        DiTKind.INSTANCE
                .presets()
                .forEach(
                        (name, preset) ->
                                assertThat(
                                                DiTKind.INSTANCE.infer(
                                                        RandomWeights.shapes(preset), c -> 2 * c))
                                        .as(name)
                                        .contains(preset));
    }

    @Test
    void withAnUnusedVarianceItIsSiT() {
        DiTConfig preset = DiTKind.INSTANCE.preset("b-4");
        DiTConfig sit = DiTKind.INSTANCE.infer(RandomWeights.shapes(preset), c -> c).orElseThrow();
        assertThat(sit.unusedVariance()).isTrue();
        assertThat(sit.outputChannels()).isEqualTo(4);
        assertThat(RandomWeights.shapes(sit).keySet())
                .isEqualTo(RandomWeights.shapes(preset).keySet());
    }

    @Test
    void weightsOfAnotherModelAreNotRecognised() {
        Map<String, long[]> strange = RandomWeights.shapes(DiTKind.INSTANCE.preset("s-4"));
        strange.put("blocks.0.extra", new long[] {1});
        assertThat(DiTKind.INSTANCE.infer(strange, c -> 2 * c)).isEmpty();
        Map<String, long[]> wider = RandomWeights.shapes(DiTKind.INSTANCE.preset("s-4"));
        wider.put("blocks.3.attn.proj.bias", new long[] {385});
        assertThat(DiTKind.INSTANCE.infer(wider, c -> 2 * c)).isEmpty();
        // its heads are nowhere to be seen
        assertThat(
                        DiTKind.INSTANCE.infer(
                                RandomWeights.shapes(tiny(BlockKind.ADALN_ZERO, CLASSES)), c -> c))
                .isEmpty();
        assertThat(DiTKind.INSTANCE.infer(Map.of(), c -> c)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("everyBlockWithClassesAndWithout")
    void theDescriptionInAFileIsReadBack(DiTConfig config) throws CheckpointException {
        assertThat(
                        DiTKind.INSTANCE.read(
                                Fields.of("config.json", config.json()), config.signature()))
                .isEqualTo(config);
    }

    @Test
    void optionsChangeAModelAndSayWhatTheyCannotMean() {
        DiTConfig small = DiTKind.INSTANCE.small();
        DiTConfig changed =
                DiTKind.INSTANCE.change(
                        small,
                        small.signature(),
                        Map.of("block", "cross-attention", "heads", "8", "depth", "3"));
        assertThat(changed.block()).isEqualTo(BlockKind.CROSS_ATTENTION);
        assertThat(changed.heads()).isEqualTo(8);
        assertThat(changed.depth()).isEqualTo(3);
        assertThat(changed.hiddenSize()).isEqualTo(small.hiddenSize());
        assertThatThrownBy(
                        () ->
                                DiTKind.INSTANCE.change(
                                        small, small.signature(), Map.of("block", "adaln-one")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("block must be one of")
                .hasMessageContaining("adaln-zero");
        assertThatThrownBy(
                        () ->
                                DiTKind.INSTANCE.change(
                                        small, small.signature(), Map.of("heads", "3")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("multiple of 4 and of the 3 heads");
    }

    @Test
    void textAndVideosAreRefused() {
        assertThatThrownBy(() -> tiny(BlockKind.ADALN_ZERO, new ByText(8, 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("attends to texts in cross-attention blocks only");
        assertThatThrownBy(
                        () ->
                                tiny(BlockKind.ADALN_ZERO, CLASSES)
                                        .with(
                                                new Signature(
                                                        SampleShape.video(2, 3, 8, 8),
                                                        3,
                                                        CLASSES,
                                                        1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not videos");
    }

    @Test
    void aClassConditionalModelNeedsLabels() {
        try (NDManager manager = NDManager.newBaseManager()) {
            DiT model = RandomWeights.of(tiny(BlockKind.ADALN, CLASSES).create(0), manager);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            NDArray x = manager.zeros(new Shape(1, 3, 8, 4));
            assertThatThrownBy(
                            () ->
                                    model.forward(
                                            pass, x, manager.ones(new Shape(1)), Condition.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("one label an image");
        }
    }

    /** Multiply-adds of DiT-XL/2 are published as 118.64 Gflops (DiT 2023, table 9). */
    @Test
    void theWorkIsThePublishedNumber() {
        double billions = DiTKind.INSTANCE.preset("xl-2").create(0).operations().total() / 1e9;
        assertThat(billions).isBetween(118.0, 119.5);
    }

    private static Offset<Double> within(double x) {
        return Offset.offset(x);
    }

    private static NDArray predict(DiT model, NDManager manager, float time, long label) {
        Pass pass = Pass.inference(new ParameterStore(manager, false));
        NDArray x = RandomWeights.normal(manager, new Random(3), new Shape(2, 3, 8, 4));
        NDArray t = manager.create(new float[] {time, time});
        Condition condition = Condition.ofLabels(manager.create(new long[] {label, label}));
        return model.forward(pass, x, t, condition);
    }

    private static Map<String, float[]> gradients(
            DiTConfig config, NDManager parent, @Nullable Supplier<GradientTape> opener) {
        return Gradients.of(
                config,
                parent,
                owner ->
                        config.conditioning().labelRows() == 0
                                ? Condition.NONE
                                : Condition.ofLabels(owner.create(new long[] {0, 1, 2, 4, 5})),
                opener);
    }
}
