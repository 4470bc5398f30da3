package io.zigma.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.zigma.backbone.dit.BlockKind;
import io.zigma.backbone.dit.DiTConfig;
import io.zigma.backbone.uvit.UViTConfig;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.backbone.zigma.ZigMaKind;
import io.zigma.base.GradientMode;
import io.zigma.base.SampleShape;
import io.zigma.condition.ByText;
import io.zigma.condition.Condition;
import io.zigma.io.Fields;
import io.zigma.nn.DropPath;
import io.zigma.nn.Pass;
import io.zigma.op.GradientTape;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts that are padded to one length, with a mask of what of them counts. */
class MaskedTextTest {

    private static final int SIZE = 5;
    private static final int LENGTH = 3; // what counts
    private static final int PADDED = 6;
    private static final Tolerance CLOSE = Tolerance.ofLargest(1e-4, 1e-6);

    static Stream<BackboneSpec> modelsOfText() {
        return Stream.of(TinyModels.BY_TEXT, dit(BlockKind.CROSS_ATTENTION), uvit());
    }

    private static UViTConfig uvit() {
        Signature signature =
                new Signature(SampleShape.image(1, 4, 6), 1, new ByText(SIZE, PADDED), 1);
        return new UViTConfig(signature, 2, 16, 2, 2, 4, false, false, true, true);
    }

    private static DiTConfig dit(BlockKind block) {
        Signature signature =
                new Signature(SampleShape.image(1, 4, 6), 1, new ByText(SIZE, PADDED), 1);
        return new DiTConfig(signature, 2, 16, 2, 2, 4, block, false);
    }

    @ParameterizedTest
    @MethodSource("modelsOfText")
    void whatTheMaskHidesMakesNoDifference(BackboneSpec spec) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Backbone model = model(spec, manager);
            float[] whole = sampled(model, unpadded(manager));
            Close.assertClose("zeros", sampled(model, padded(manager, 0)), whole, CLOSE);
            assertThat(sampled(model, padded(manager, 9)))
                    .as("anything in place of zeros")
                    .containsExactly(sampled(model, padded(manager, 0)));
        }
    }

    @ParameterizedTest
    @MethodSource("modelsOfText")
    void withoutAMaskThePaddingCounts(BackboneSpec spec) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Backbone model = model(spec, manager);
            Condition padded = padded(manager, 0);
            assertThat(sampled(model, Condition.ofContext(padded.requiredContext(2, SIZE))))
                    .isNotEqualTo(sampled(model, padded));
        }
    }

    @ParameterizedTest
    @MethodSource("modelsOfText")
    void gradientsAreThoseOfTheTextWithoutPadding(BackboneSpec spec) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Backbone model = model(spec, manager);
            Map<String, float[]> whole =
                    gradients(model, unpadded(manager), manager, GradientTape::open);
            Map<String, float[]> padded =
                    gradients(model, padded(manager, 9), manager, GradientTape::open);
            Map<String, float[]> again =
                    gradients(model, padded(manager, 9), manager, GradientTape::openRecomputing);
            assertThat(whole.keySet()).containsAnyOf("y_embedder.weight", "context_embed.weight");
            whole.forEach(
                    (name, expected) -> {
                        Close.assertClose(
                                name, padded.get(name), expected, Tolerance.ofLargest(1e-3, 1e-6));
                        assertThat(again.get(name)).as(name).containsExactly(padded.get(name));
                    });
        }
    }

    @Test
    void aMaskOfAnotherShapeIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Backbone model = model(TinyModels.BY_TEXT, manager);
            Condition wrong =
                    new Condition(
                            null,
                            manager.zeros(new Shape(2, PADDED, SIZE)),
                            manager.ones(new Shape(2, PADDED - 1)));
            assertThatThrownBy(() -> sampled(model, wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("mask of these texts is (2, 6), not (2, 5)");
        }
    }

    @Test
    void fewerHeadsMakeTheBranchOfTheTextSmaller() throws IOException {
        ZigMaConfig narrow =
                ZigMaKind.INSTANCE.change(
                        TinyModels.BY_TEXT,
                        TinyModels.BY_TEXT.signature(),
                        Map.of("text-heads", "1"));
        // queries, keys, values and output of two layers, 7 heads of 64 channels less
        long fewer = 2L * 4 * TinyModels.BY_TEXT.hiddenSize() * 7 * 64;
        assertThat(narrow.create(0).parameterCount())
                .isEqualTo(TinyModels.BY_TEXT.create(0).parameterCount() - fewer);
        assertThat(read(narrow)).isEqualTo(narrow);
        assertThat(read(TinyModels.BY_TEXT)).isEqualTo(TinyModels.BY_TEXT);
        assertThat(TinyModels.BY_TEXT.json().has("text_heads")).as("as in earlier files").isFalse();
    }

    private static ZigMaConfig read(ZigMaConfig config) throws IOException {
        return ZigMaKind.INSTANCE.read(Fields.of("backbone", config.json()), config.signature());
    }

    @Test
    void aDiTAttendsToTextsInItsCrossAttentionOnly() {
        assertThatThrownBy(() -> dit(BlockKind.ADALN_ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("in cross-attention blocks only, not in adaln-zero");
    }

    private static Condition unpadded(NDManager manager) {
        return Condition.ofContext(manager.create(text(LENGTH, 0), new Shape(2, LENGTH, SIZE)));
    }

    private static Condition padded(NDManager manager, float padding) {
        float[] mask = new float[2 * PADDED];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % PADDED < LENGTH ? 1 : 0;
        }
        return new Condition(
                null,
                manager.create(text(PADDED, padding), new Shape(2, PADDED, SIZE)),
                manager.create(mask, new Shape(2, PADDED)));
    }

    private static float[] text(int tokens, float padding) {
        float[] values = new float[2 * tokens * SIZE];
        for (int i = 0; i < values.length; i++) {
            int text = i / (tokens * SIZE);
            int place = i % (tokens * SIZE);
            values[i] = place < LENGTH * SIZE ? (float) Math.sin(7 * text + place) : padding;
        }
        return values;
    }

    /** Published gates are zero and would hide the text. */
    private static Backbone model(BackboneSpec spec, NDManager manager) {
        Backbone model = spec.create(0);
        model.initialize(manager);
        Random random = new Random(4);
        for (Parameter parameter : model.namedParameters().values()) {
            float[] values = new float[(int) parameter.getShape().size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (0.3 * random.nextGaussian());
            }
            parameter.getArray().set(values);
        }
        return model;
    }

    private static NDArray x(NDManager manager) {
        return manager.arange(48f).sin().reshape(2, 1, 4, 6);
    }

    private static float[] sampled(Backbone model, Condition condition) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            NDArray t = manager.create(new float[] {0.3f, 0.8f});
            return GradientMode.off(() -> model.forward(pass, x(manager), t, condition))
                    .toFloatArray();
        }
    }

    private static Map<String, float[]> gradients(
            Backbone model, Condition condition, NDManager manager, Supplier<GradientTape> opener) {
        Map<String, Parameter> parameters = new LinkedHashMap<>(model.namedParameters());
        parameters.values().removeIf(parameter -> !parameter.requiresGradient());
        parameters.values().forEach(parameter -> parameter.getArray().setRequiresGradient(true));
        Map<String, float[]> gradients = new LinkedHashMap<>();
        try (GradientTape tape = opener.get()) {
            Pass pass = new Pass(new ParameterStore(manager, false), true, DropPath.NONE);
            NDArray t = manager.create(new float[] {0.3f, 0.8f});
            tape.backward(model.forward(pass, x(manager), t, condition).square().sum());
        }
        parameters.forEach(
                (name, parameter) -> {
                    NDArray gradient = parameter.getArray().getGradient();
                    gradients.put(name, gradient.toFloatArray());
                    gradient.subi(gradient.duplicate());
                });
        return gradients;
    }
}
