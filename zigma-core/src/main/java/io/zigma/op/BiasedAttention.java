package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * Attention that adds to the scores, which it does not scale: softmax(Q·Kᵀ + bias)·V (Raffel et al.
 * 2020, section 2.1). For frozen networks: no gradients flow through it.
 *
 * <p>On a processor each element of a batch gets the same numbers alone as in any batch.
 */
public final class BiasedAttention {

    private BiasedAttention() {}

    /**
     * Attends.
     *
     * @param queries one row per query token (B, L, H·d), head by head
     * @param keys one row a token that is looked at (B, L, H·d)
     * @param values what each of those says (B, L, H·d)
     * @param bias what each head adds to the scores (1, H, L, L)
     * @return (B, L, H·d), in the manager of the queries
     * @throws IllegalArgumentException if the shapes do not fit together
     */
    public static NDArray apply(NDArray queries, NDArray keys, NDArray values, NDArray bias) {
        Shape shape = queries.getShape();
        Shape added = bias.getShape();
        boolean fit =
                shape.dimension() == 3
                        && keys.getShape().equals(shape)
                        && values.getShape().equals(shape)
                        && added.dimension() == 4
                        && added.get(0) == 1
                        && added.get(2) == shape.get(1)
                        && added.get(3) == shape.get(1)
                        && shape.get(2) % added.get(1) == 0;
        if (!fit) {
            throw new IllegalArgumentException(
                    "biased attention needs queries, keys and values (B, L, H·d) and a bias (1, H, L, L), not %s, %s, %s and %s"
                            .formatted(shape, keys.getShape(), values.getShape(), added));
        }
        int heads = Math.toIntExact(added.get(1));
        return EachSequence.of(
                List.of(queries, keys, values),
                parts ->
                        Scratch.freed(
                                () -> {
                                    NDArray q = AttentionReference.split(parts.get(0), heads);
                                    NDArray k = AttentionReference.split(parts.get(1), heads);
                                    NDArray v = AttentionReference.split(parts.get(2), heads);
                                    NDArray scores =
                                            q.matMul(k.transpose(0, 1, 3, 2))
                                                    .add(bias); // (B, H, L, L)
                                    return AttentionReference.join(scores.softmax(3).matMul(v));
                                }));
    }
}
