package io.zigma.backbone.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.zigma.nn.DropPath;
import io.zigma.nn.NamedBlock;
import io.zigma.nn.OperationCount;
import io.zigma.nn.Pass;
import org.jspecify.annotations.Nullable;

/** One layer of DiT; its subclasses are the four of figure 3. */
abstract class DiTBlock extends NamedBlock {

    /** Added to the variance in every norm (official {@code eps}). */
    static final double EPSILON = 1e-6;

    /**
     * Applies the layer.
     *
     * @param pass parameter values of this forward pass
     * @param x tokens (B, L, D)
     * @param c the embedded condition: (B, D) for an adaptive block, (B, k, D) for others
     * @param mask 1 for each of k tokens that counts (B, k), null where all do; only a block that
     *     attends to texts gets one
     * @return tokens (B, L, D)
     */
    abstract NDArray apply(Pass pass, NDArray x, NDArray c, @Nullable NDArray mask);

    /** Counts the work for one image of so many tokens and so many of the condition. */
    abstract OperationCount operations(long tokens, long conditions);

    @Override
    protected final NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        Pass pass = new Pass(store, training, DropPath.NONE);
        return new NDList(apply(pass, inputs.get(0), inputs.get(1), null));
    }

    @Override
    public final Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }
}
