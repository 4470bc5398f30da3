package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.zigma.nn.Dense;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Attention;
import io.zigma.op.Scratch;

/** Self-attention with heads of 64 channels (Vaswani et al. 2017, section 3.2). */
final class DinoAttention extends UnaryBlock {

    private static final int HEAD = 64;

    private final int heads;
    private final Dense projections;
    private final Dense output;

    DinoAttention(int size) {
        heads = size / HEAD;
        projections = child("qkv", new Dense(size, 3 * size, true));
        output = child("proj", new Dense(size, size, true));
    }

    /**
     * Applies self-attention.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, L, D)
     * @return (B, L, D)
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    NDList parts = projections.apply(pass, x).split(3, 2); // 3 × (B, L, D)
                    NDArray mixed =
                            Attention.apply(parts.get(0), parts.get(1), parts.get(2), heads);
                    return output.apply(pass, mixed); // (B, L, D)
                });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
