package io.zigma.backbone.zigma;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.nn.CrossAttention;
import io.zigma.nn.DropPath;
import io.zigma.nn.Modulation;
import io.zigma.nn.NamedBlock;
import io.zigma.nn.Norm;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.GatedSum;
import io.zigma.op.GradientTape;
import io.zigma.op.Modulated;
import io.zigma.op.Scratch;
import io.zigma.scan.LayerScan;
import org.jspecify.annotations.Nullable;

/**
 * One layer of ZigMa: norm, modulation, token mixer, gate (ZigMa 2024, figure 3; official {@code
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
        mixer = child("mixer", config.mixer().create(size, config.grid(), scan));
        norm = child("norm", config.norm().create(size, config.normEpsilon()));
        boolean text = config.conditioning().contextSize() > 0;
        modulation = child("adaLN_modulation", new Modulation(size, text ? 2 : 1));
        textBranch =
                text
                        ? new TextBranch(
                                child(
                                        "msa",
                                        new CrossAttention(
                                                size,
                                                config.textHeads(),
                                                CrossAttention.HEAD_SIZE)))
                        : null;
    }

    /**
     * Computes the layer's contribution.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param residual the stream (B, L, D)
     * @param condition the embedded condition
     * @return what to add to the stream (B, L, D)
     */
    NDArray apply(Pass pass, NDArray residual, Embedded condition) {
        return Scratch.freed(
                () -> {
                    NDList parts = modulation(pass, condition.vector());
                    Modulated n = norm.modulated(pass, residual, parts.get(0), parts.get(1));
                    NDArray mixed = mixer.apply(pass, n.modulated()); // (B, L, D)
                    NDArray hidden = GatedSum.of(n.norm(), mixed, parts.get(2));
                    return textBranch == null
                            ? hidden
                            : textBranch.apply(
                                    pass,
                                    hidden,
                                    condition.requiredText(),
                                    condition.mask(),
                                    parts.subNDList(3));
                });
    }

    /** Returns shift, scale and gate of every branch, each (B, 1, D). */
    private NDList modulation(Pass pass, NDArray condition) {
        NDArray parts = GradientTape.accumulateAt(modulation.apply(pass, condition));
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
        Pass pass = new Pass(store, training, DropPath.NONE);
        NDArray text = inputs.size() > 2 ? inputs.get(2) : null;
        Embedded condition = new Embedded(inputs.get(1), text, null);
        return new NDList(apply(pass, inputs.get(0), condition));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }
}
