package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.zigma.nn.Dense;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Scratch;

/** Self-attention with heads of 64 channels (Vaswani et al. 2017, section 3.2). */
final class DinoAttention extends UnaryBlock {

    private static final int HEAD = 64;

    private final int size;
    private final int heads;
    private final Dense projections;
    private final Dense output;

    DinoAttention(int size) {
        this.size = size;
        this.heads = size / HEAD;
        projections = child("qkv", new Dense(size, 3 * size, true));
        output = child("proj", new Dense(size, size, true));
    }

    /**
     * Lets every token look at every token.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, L, D)
     * @return (B, L, D)
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    long batch = x.size(0);
                    long tokens = x.size(1);
                    NDList parts = projections.apply(pass, x).split(3, 2); // 3 × (B, L, D)
                    NDArray queries = byHead(parts.get(0), batch, tokens);
                    NDArray keys = byHead(parts.get(1), batch, tokens);
                    NDArray values = byHead(parts.get(2), batch, tokens);
                    NDArray scores =
                            queries.mul(1 / Math.sqrt(HEAD))
                                    .matMul(keys.transpose(0, 1, 3, 2)); // (B, heads, L, L)
                    NDArray mixed =
                            scores.softmax(-1)
                                    .matMul(values) // (B, heads, L, 64)
                                    .transpose(0, 2, 1, 3)
                                    .reshape(batch, tokens, size); // (B, L, D)
                    return output.apply(pass, mixed);
                });
    }

    /** Returns (B, heads, L, 64). */
    private NDArray byHead(NDArray part, long batch, long tokens) {
        return part.reshape(batch, tokens, heads, HEAD).transpose(0, 2, 1, 3);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
