package io.zigma.op;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.zigma.backbone.zigma.Preset;
import io.zigma.backbone.zigma.ZigMa;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.op.BatchCheck.Layer;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What one picture gets must not depend on those that are made with it, on any path. */
class BatchIndependenceTest {

    private static final List<Integer> BATCHES = IntStream.rangeClosed(1, 16).boxed().toList();

    static Stream<Arguments> layersOfThePresets() {
        Set<Layer> layers = new TreeSet<>();
        for (Preset preset : Preset.values()) {
            layers.addAll(layers(preset.config()));
        }
        return layers.stream()
                .flatMap(layer -> Stream.of(DensePath.values()).map(p -> Arguments.of(p, layer)));
    }

    /** Sizes of all matrices of a model; what the layers are conditioned by is one row an image. */
    private static Set<Layer> layers(ZigMaConfig config) {
        Set<Layer> layers = new TreeSet<>();
        int tokens = config.grid().tokens();
        new ZigMa(config)
                .namedParameters()
                .forEach(
                        (name, parameter) -> {
                            Shape shape = parameter.getShape();
                            boolean matrix =
                                    name.endsWith(".weight")
                                            && (shape.dimension() == 2 || shape.dimension() == 4)
                                            && !name.startsWith("y_embedder.");
                            if (!matrix) {
                                return;
                            }
                            boolean rows =
                                    name.startsWith("t_embedder.")
                                            || name.contains("adaLN_modulation");
                            int outputs = (int) shape.get(0);
                            int inputs = (int) (shape.size() / outputs);
                            boolean halves = name.endsWith(".in_proj.weight");
                            layers.add(
                                    new Layer(
                                            rows ? 0 : tokens,
                                            inputs,
                                            halves ? outputs / 2 : outputs));
                        });
        return layers;
    }

    @ParameterizedTest(name = "{1} by {0}")
    @MethodSource("layersOfThePresets")
    void aLayerOfThePresetsGivesASequenceTheSameNumbersInEveryBatch(DensePath path, Layer layer) {
        assertThat(BatchCheck.layer(path, layer)).isEmpty();
    }

    static Stream<Layer> otherLayers() {
        return Stream.of(
                new Layer(0, 2048, 1008),
                new Layer(0, 1, 1),
                new Layer(0, 129, 9),
                new Layer(1, 512, 512),
                new Layer(3, 255, 513),
                new Layer(15, 512, 512),
                new Layer(49, 256, 512),
                new Layer(77, 768, 512),
                new Layer(97, 33, 65),
                new Layer(257, 384, 1152));
    }

    @ParameterizedTest
    @MethodSource("otherLayers")
    void soDoOthers(Layer layer) {
        for (DensePath path : DensePath.values()) {
            assertThat(BatchCheck.layer(path, layer)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("otherLayers")
    void soDoTheReferences(Layer layer) {
        List<String> found =
                ReferencePath.run(() -> BatchCheck.layer(DensePath.CONVOLUTION, layer));
        assertThat(found).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("otherLayers")
    void soDoProductsInBfloat16(Layer layer) {
        Assumptions.assumeTrue(
                Precision.BFLOAT16.isAvailable(Device.cpu()),
                "this processor does not multiply in bfloat16");
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray weight =
                    Bfloat16.round(
                            ScanProblem.normal(
                                    manager,
                                    new Random(1),
                                    new Shape(layer.outputs(), layer.inputs()),
                                    0.1f));
            assertThat(
                            BatchCheck.differences(
                                    layer + " in bf16",
                                    manager,
                                    layer.input(1),
                                    BATCHES,
                                    x -> Bfloat16.multiply(x, weight, null)))
                    .isEmpty();
        }
    }

    static Stream<Arguments> attentions() {
        return Stream.of(
                Arguments.of(1, 1, 1, 8),
                Arguments.of(16, 1, 1, 64),
                Arguments.of(49, 16, 1, 64),
                Arguments.of(49, 49, 6, 64),
                Arguments.of(77, 3, 8, 64),
                Arguments.of(256, 77, 8, 64),
                Arguments.of(257, 257, 2, 72),
                Arguments.of(800, 800, 1, 32));
    }

    @ParameterizedTest(name = "{0} tokens to {1}, {2} heads of {3}")
    @MethodSource("attentions")
    void attentionGivesASequenceTheSameNumbersInEveryBatch(
            int length, int context, int heads, int size) {
        assertThat(attention(length, context, heads, size)).isEmpty();
        assertThat(ReferencePath.run(() -> attention(length, context, heads, size))).isEmpty();
    }

    static Stream<Arguments> maskedAttentions() {
        return Stream.of(
                Arguments.of(1, 2, 1, 8),
                Arguments.of(64, 24, 8, 64),
                Arguments.of(256, 24, 8, 64),
                Arguments.of(49, 77, 8, 64),
                Arguments.of(257, 13, 2, 72),
                Arguments.of(800, 600, 10, 64));
    }

    @ParameterizedTest(name = "{0} tokens to some of {1}, {2} heads of {3}")
    @MethodSource("maskedAttentions")
    void soDoesAttentionUnderAMask(int length, int context, int heads, int size) {
        assertThat(maskedAttention(length, context, heads, size)).isEmpty();
        assertThat(ReferencePath.run(() -> maskedAttention(length, context, heads, size)))
                .isEmpty();
    }

    private static List<String> maskedAttention(int length, int context, int heads, int size) {
        long width = (long) heads * size;
        Function<NDArray, NDArray> operation =
                x -> {
                    long[] ends = {length, length + context, length + 2L * context};
                    NDList parts = x.split(ends, 1);
                    // a mask out of the element itself: about half of the tokens, and the first one
                    NDArray random = parts.get(3).get(":, 0, :{}", context).gt(0);
                    NDArray mask = random.toType(DataType.FLOAT32, false).duplicate();
                    mask.set(new NDIndex(":, 0"), 1f);
                    return Attention.apply(parts.get(0), parts.get(1), parts.get(2), heads, mask);
                };
        try (NDManager manager = NDManager.newBaseManager()) {
            // width is at least the context in every case, so that a row holds the mask
            Shape element = new Shape(1, length + 2L * context + 1, width);
            return BatchCheck.differences(
                    "attention under a mask", manager, element, BATCHES, operation);
        }
    }

    private static List<String> attention(int length, int context, int heads, int size) {
        long width = (long) heads * size;
        Function<NDArray, NDArray> operation =
                x -> {
                    NDList parts = x.split(new long[] {length, length + context}, 1);
                    return Attention.apply(parts.get(0), parts.get(1), parts.get(2), heads);
                };
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape element = new Shape(1, length + 2L * context, width);
            return BatchCheck.differences("attention", manager, element, BATCHES, operation);
        }
    }

    @ParameterizedTest
    @EnumSource(ModelBatch.Kind.class)
    void aModelGivesAnImageTheSameNumbersInEveryBatch(ModelBatch.Kind kind) {
        for (DensePath path : DensePath.values()) {
            assertThat(ModelBatch.differences(kind, path, Precision.FLOAT32)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(ModelBatch.Kind.class)
    void soDoesAModelOfReferences(ModelBatch.Kind kind) {
        List<String> found =
                ReferencePath.run(
                        () -> ModelBatch.differences(kind, DensePath.LINEAR, Precision.FLOAT32));
        assertThat(found).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ModelBatch.Kind.class)
    void soDoesAModelInBfloat16(ModelBatch.Kind kind) {
        Assumptions.assumeTrue(
                Precision.BFLOAT16.isAvailable(Device.cpu()),
                "this processor does not multiply in bfloat16");
        assertThat(ModelBatch.differences(kind, DensePath.CONVOLUTION, Precision.BFLOAT16))
                .isEmpty();
    }

    @Test
    void theCheckFindsAProductOfTheWholeBatch() {
        // one row and sixteen go through different kernels of every library
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray weight = ScanProblem.normal(manager, new Random(1), new Shape(768, 768), 0.1f);
            assertThat(
                            BatchCheck.differences(
                                    "whole",
                                    manager,
                                    new Shape(1, 768),
                                    BATCHES,
                                    x -> x.matMul(weight)))
                    .isNotEmpty();
        }
    }
}
