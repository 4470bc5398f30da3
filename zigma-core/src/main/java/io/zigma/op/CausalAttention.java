package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * Attention in which a token sees itself and those in front of it (Vaswani et al. 2017, section
 * 3.2.3). For frozen networks: no gradients flow through it.
 *
 * <p>On a processor each element of a batch gets the same numbers alone as in any batch.
 */
public final class CausalAttention {

    private static final String ENGINES =
            "torch.scaled_dot_product_attention(q, k, v, None, 0., True)";

    /** What a token that must not be seen gets in place of a score. */
    private static final float UNSEEN = -1e30f;

    private CausalAttention() {}

    /** Compiled when something first attends. */
    private static final class Functions {
        static final ScriptFunction ATTENTION = ScriptFunction.of(ENGINES, "q", "k", "v");
    }

    /**
     * Attends.
     *
     * @param queries one row per query token (B, L, H·d), head by head
     * @param keys one row a token that is looked at (B, L, H·d)
     * @param values what each of those says (B, L, H·d)
     * @param heads H
     * @return for each token the values up to its own, weighted by how well their keys fit (B, L,
     *     H·d), in the manager of the queries
     * @throws IllegalArgumentException if the shapes do not fit together
     */
    public static NDArray apply(NDArray queries, NDArray keys, NDArray values, int heads) {
        Shape shape = queries.getShape();
        if (shape.dimension() != 3
                || !keys.getShape().equals(shape)
                || !values.getShape().equals(shape)
                || heads < 1
                || shape.get(2) % heads != 0) {
            throw new IllegalArgumentException(
                    "causal attention of %s heads needs queries, keys and values (B, L, H·d), not %s, %s and %s"
                            .formatted(heads, shape, keys.getShape(), values.getShape()));
        }
        List<NDArray> operands = List.of(queries, keys, values);
        return Kernels.enginesTake(operands)
                ? engines(queries, keys, values, heads)
                : EachSequence.of(operands, parts -> reference(parts, heads));
    }

    private static NDArray engines(NDArray queries, NDArray keys, NDArray values, int heads) {
        return Scratch.freed(
                () -> {
                    NDArray q = AttentionReference.split(queries, heads); // (B, H, L, d)
                    NDArray k = AttentionReference.split(keys, heads); // (B, H, L, d)
                    NDArray v = AttentionReference.split(values, heads); // (B, H, L, d)
                    NDArray attended = Functions.ATTENTION.apply(q, k, v); // (B, H, L, d)
                    return AttentionReference.join(attended); // (B, L, H·d)
                });
    }

    /** The same in plain operations. */
    static NDArray reference(List<NDArray> operands, int heads) {
        return Scratch.freed(
                () -> {
                    NDArray q = AttentionReference.split(operands.get(0), heads); // (B, H, L, d)
                    NDArray k = AttentionReference.split(operands.get(1), heads); // (B, H, L, d)
                    NDArray v = AttentionReference.split(operands.get(2), heads); // (B, H, L, d)
                    NDArray scores =
                            q.mul(AttentionReference.scale(q))
                                    .matMul(k.transpose(0, 1, 3, 2)) // (B, H, L, L)
                                    .add(unseen(q));
                    return AttentionReference.join(scores.softmax(3).matMul(v)); // (B, L, H·d)
                });
    }

    /** 0 where row ≥ column, and what makes a weight vanish elsewhere (L, L). */
    private static NDArray unseen(NDArray heads) {
        long length = heads.getShape().get(2);
        NDArray place =
                heads.getManager()
                        .arange(0, Math.toIntExact(length), 1, DataType.INT64)
                        .toDevice(heads.getDevice(), false);
        return Constants.mul(
                place.expandDims(1).lt(place.expandDims(0)).toType(heads.getDataType(), false),
                UNSEEN);
    }
}
