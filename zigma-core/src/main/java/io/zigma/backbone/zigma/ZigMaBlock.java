package io.zigma.backbone.zigma;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.condition.Conditioning;
import io.zigma.nn.CrossAttention;
import io.zigma.nn.Mixers;
import io.zigma.nn.Modulation;
import io.zigma.nn.NamedBlock;
import io.zigma.nn.Norm;
import io.zigma.nn.OperationCount;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.GatedSum;
import io.zigma.op.GradientTape;
import io.zigma.op.Modulated;
import io.zigma.op.Scratch;
import io.zigma.scan.LayerScan;
import org.jspecify.annotations.Nullable;

/**
 * One layer of ZigMa: norm, modulation, Mamba mixer, gate (ZigMa 2024, figure 3; official {@code
 * Block}).
 *
 * <p>The layer takes the residual stream and returns what is to be added to it. The normed stream
 * itself is part of that, as in the official code: h = n + gate · mixer(n · (1 + scale) + shift)
 * with n = norm(residual).
 *
 * <p>In a text-conditional model a {@link TextBranch} with a modulation of its own follows.
 */
public final class ZigMaBlock extends NamedBlock {

    private final int size;
    private final UnaryBlock mixer;
    private final Norm norm;
    private final Modulation modulation;
    private final @Nullable TextBranch textBranch;

    ZigMaBlock(ZigMaConfig config, LayerScan scan) {
        size = config.hiddenSize();
        mixer = child("mixer", new Mixers(size, config.mixer()).of(scan));
        norm = child("norm", config.norm().create(size, config.normEpsilon()));
        boolean text = config.conditioning() instanceof Conditioning.ByText;
        modulation = child("adaLN_modulation", new Modulation(size, text ? 2 : 1));
        textBranch = text ? new TextBranch(child("msa", new CrossAttention(size))) : null;
    }

    /**
     * Computes the layer's contribution.
     *
     * @param store where the parameters' values come from
     * @param residual the stream (B, L, D)
     * @param condition what the layer is told
     * @param training true in a training pass
     * @return what to add to the stream (B, L, D)
     */
    public NDArray apply(
            ParameterStore store, NDArray residual, Condition condition, boolean training) {
        return Scratch.freed(
                () -> {
                    NDList parts = modulation(store, condition.vector(), training);
                    Modulated n =
                            norm.modulated(store, residual, parts.get(0), parts.get(1), training);
                    NDArray mixed = mixer.apply(store, n.modulated(), training); // (B, L, D)
                    NDArray hidden = GatedSum.of(n.norm(), mixed, parts.get(2));
                    return textBranch == null
                            ? hidden
                            : textBranch.apply(
                                    store,
                                    hidden,
                                    condition.requiredText(),
                                    parts.subNDList(3),
                                    training);
                });
    }

    /** Returns shift, scale and gate of every branch, each (B, 1, D). */
    private NDList modulation(ParameterStore store, NDArray condition, boolean training) {
        NDArray parts = GradientTape.boundary(modulation.apply(store, condition, training));
        return parts.expandDims(1) // (B, 1, 3D) or (B, 1, 6D)
                .split(parts.getShape().get(1) / size, 2);
    }

    /** Counts the work for one image of so many tokens, and of its text where there is one. */
    OperationCount operations(long tokens, long textTokens) {
        OperationCount sum = mixer.operations(tokens).plus(modulation.operations(1));
        return textBranch == null
                ? sum
                : sum.plus(textBranch.attention().operations(tokens, textTokens));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        NDArray text = inputs.size() > 2 ? inputs.get(2) : null;
        Condition condition = new Condition(inputs.get(1), text);
        return new NDList(apply(store, inputs.get(0), condition, training));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }
}
