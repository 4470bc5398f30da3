package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.Attention;
import io.zigma.op.Scratch;
import org.jspecify.annotations.Nullable;

/**
 * Every token attends to all tokens (Vaswani et al. 2017, section 3.2.2; timm's {@code Attention}).
 */
public final class SelfAttention extends UnaryBlock {

    private final int heads;
    private final int hiddenSize;
    private final Dense projection; // D → 3D: queries, keys, values side by side
    private final Dense output; // D → D

    /**
     * Creates the block.
     *
     * @param hiddenSize channels D of a token, a multiple of the heads
     * @param heads H
     */
    public SelfAttention(int hiddenSize, int heads) {
        this(hiddenSize, heads, true);
    }

    /**
     * Creates the block.
     *
     * @param hiddenSize channels D of a token, a multiple of the heads
     * @param heads H
     * @param qkvBias whether queries, keys and values have a bias
     */
    public SelfAttention(int hiddenSize, int heads, boolean qkvBias) {
        this.heads = heads;
        this.hiddenSize = hiddenSize;
        projection = child("qkv", new Dense(hiddenSize, 3 * hiddenSize, qkvBias));
        output = child("proj", new Dense(hiddenSize, hiddenSize, true));
    }

    /**
     * Attends.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, L, D)
     * @return (B, L, D)
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return apply(pass, x, null);
    }

    /**
     * Attends to the tokens that count.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, L, D)
     * @param mask 1 for each token that counts and 0 for one that no token attends to (B, L), null
     *     where all count
     * @return (B, L, D)
     */
    public NDArray apply(Pass pass, NDArray x, @Nullable NDArray mask) {
        return Scratch.freed(
                () -> {
                    NDList qkv = projection.apply(pass, x).split(3, 2);
                    NDArray q = qkv.get(0); // (B, L, D)
                    NDArray k = qkv.get(1); // (B, L, D)
                    NDArray v = qkv.get(2); // (B, L, D)
                    return output.apply(pass, Attention.apply(q, k, v, heads, mask)); // (B, L, D)
                });
    }

    @Override
    public OperationCount operations(long vectors) {
        return super.operations(vectors)
                .plus(OperationCount.ofAttention(2 * vectors * vectors * hiddenSize));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
