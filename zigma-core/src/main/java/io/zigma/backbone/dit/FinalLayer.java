package io.zigma.backbone.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.nn.Dense;
import io.zigma.nn.DropPath;
import io.zigma.nn.LayerNorm;
import io.zigma.nn.Modulation;
import io.zigma.nn.NamedBlock;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import io.zigma.op.GradientTape;
import io.zigma.op.Scratch;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The head: a norm, adaptive where the blocks' norms are, then a projection to patches (official
 * {@code FinalLayer}).
 */
final class FinalLayer extends NamedBlock {

    private final int patchValues;
    private final @Nullable LayerNorm norm;
    private final Dense linear;
    private final @Nullable Modulation modulation;

    FinalLayer(DiTConfig config) {
        int size = config.hiddenSize();
        boolean adaptive = config.block().adaptive();
        patchValues = config.outputPatches().values();
        norm = adaptive ? null : child("norm_final", new LayerNorm(size, DiTBlock.EPSILON));
        linear = child("linear", new Dense(size, patchValues, true));
        modulation = adaptive ? child("adaLN_modulation", new Modulation(size, 1, 2)) : null;
    }

    /**
     * Maps tokens to patches.
     *
     * @param pass parameter values of this forward pass
     * @param x tokens (B, L, D)
     * @param c the embedded condition (B, D), which only an adaptive norm reads
     * @return patches (B, L, p·p·C)
     */
    NDArray apply(Pass pass, NDArray x, NDArray c) {
        return Scratch.freed(() -> linear.apply(pass, normed(pass, x, c)));
    }

    private NDArray normed(Pass pass, NDArray x, NDArray c) {
        if (modulation == null) {
            return Objects.requireNonNull(norm).apply(pass, x);
        }
        NDArray regressed = GradientTape.accumulateAt(modulation.apply(pass, c)); // (B, 2D)
        NDList shiftAndScale = regressed.expandDims(1).split(2, 2); // two of (B, 1, D)
        return AdaptiveNorm.of(x, shiftAndScale.get(0), shiftAndScale.get(1));
    }

    @Override
    public OperationCount operations(long tokens) {
        OperationCount projection = linear.operations(tokens);
        return modulation == null ? projection : projection.plus(modulation.operations(1));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        Pass pass = new Pass(store, training, DropPath.NONE);
        return new NDList(apply(pass, inputs.get(0), inputs.get(1)));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape input = inputShapes[0];
        return new Shape[] {input.slice(0, input.dimension() - 1).add(patchValues)};
    }
}
