package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import org.jspecify.annotations.Nullable;

/** Attention in plain {@code NDArray} operations, which autograd sees through. */
final class AttentionReference {

    /**
     * Added to the scores of masked tokens: finite, so that a text of nothing but padding gives
     * their mean and no NaN, and so low that float32's softmax gives exactly 0 beside any other.
     */
    private static final float MASKED = -1e9f;

    private AttentionReference() {}

    /**
     * Attends: queries (B, L, H·d), keys and values (B, n, H·d) to (B, L, H·d).
     *
     * @param mask 1 for tokens that count (B, n), null where all do
     */
    static NDArray apply(
            NDArray queries, NDArray keys, NDArray values, int heads, @Nullable NDArray mask) {
        return Scratch.freed(
                () -> {
                    NDArray q = split(queries, heads); // (B, H, L, d)
                    NDArray k = split(keys, heads); // (B, H, n, d)
                    NDArray v = split(values, heads); // (B, H, n, d)
                    NDArray p = probabilities(q.mul(scale(q)), k, mask); // (B, H, L, n)
                    return join(p.matMul(v)); // (B, L, H·d)
                });
    }

    /** Attention weights: queries (B, H, L, d) scaled, keys (B, H, n, d) to (B, H, L, n). */
    static NDArray probabilities(NDArray scaledQueries, NDArray keys, @Nullable NDArray mask) {
        NDArray scores = scaledQueries.matMul(keys.transpose(0, 1, 3, 2));
        return (mask == null ? scores : scores.add(bias(mask))).softmax(3);
    }

    /**
     * Returns what a mask (B, n) adds to the scores (B, 1, 1, n): 0, or so much that none is left.
     */
    static NDArray bias(NDArray mask) {
        Shape shape = mask.getShape();
        return Constants.mul(Constants.add(mask, -1), -MASKED)
                .reshape(shape.get(0), 1, 1, shape.get(1));
    }

    /** Returns 1 / √d as an array of the engine, which its graph can hold on to. */
    static NDArray scale(NDArray heads) {
        double size = heads.getShape().get(3);
        return heads.getManager()
                .full(new Shape(1), (float) (1 / Math.sqrt(size)), heads.getDataType())
                .toDevice(heads.getDevice(), false);
    }

    /** Takes heads apart: (B, n, H·d) to (B, H, n, d). */
    static NDArray split(NDArray x, int heads) {
        Shape shape = x.getShape();
        return x.reshape(shape.get(0), shape.get(1), heads, shape.get(2) / heads)
                .transpose(0, 2, 1, 3);
    }

    /** Puts heads side by side: (B, H, n, d) to (B, n, H·d). */
    static NDArray join(NDArray x) {
        Shape shape = x.getShape();
        return x.transpose(0, 2, 1, 3)
                .reshape(shape.get(0), shape.get(2), shape.get(1) * shape.get(3));
    }
}
