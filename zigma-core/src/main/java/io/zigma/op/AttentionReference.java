package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/** Attention in plain {@code NDArray} operations, which autograd sees through. */
final class AttentionReference {

    private AttentionReference() {}

    /** Attends: queries (B, L, H·d), keys and values (B, n, H·d) to (B, L, H·d). */
    static NDArray apply(NDArray queries, NDArray keys, NDArray values, int heads) {
        return Scratch.freed(
                () -> {
                    NDArray q = split(queries, heads); // (B, H, L, d)
                    NDArray k = split(keys, heads); // (B, H, n, d)
                    NDArray v = split(values, heads); // (B, H, n, d)
                    NDArray p = probabilities(q.mul(scale(q)), k); // (B, H, L, n)
                    return join(p.matMul(v)); // (B, L, H·d)
                });
    }

    /** Attention weights: queries (B, H, L, d) scaled, keys (B, H, n, d) to (B, H, L, n). */
    static NDArray probabilities(NDArray scaledQueries, NDArray keys) {
        return scaledQueries.matMul(keys.transpose(0, 1, 3, 2)).softmax(3);
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
