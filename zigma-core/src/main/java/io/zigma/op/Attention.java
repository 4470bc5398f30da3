package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Scaled dot-product attention of several heads, softmax(Q·Kᵀ / √d)·V (Vaswani et al. 2017,
 * equation 1).
 *
 * <p>Where no gradient is recorded, the engine's own kernel computes it, which holds no more than a
 * tile of the scores in memory (Dao et al. 2022); each element of a batch gets the same numbers
 * alone as in any batch.
 *
 * <p>Under an open {@link GradientTape} none of the H × L × n scores are stored: backward works
 * them out again from queries, keys and values (Dao et al. 2022, section 3.1). With recording on
 * and no tape, the engine's own graph takes over.
 */
public final class Attention {

    private static final String ENGINES = "torch.scaled_dot_product_attention(q, k, v)";

    private Attention() {}

    /** Compiled at the first attention without gradients. */
    private static final class Functions {
        static final ScriptFunction ATTENTION = ScriptFunction.of(ENGINES, "q", "k", "v");
    }

    /**
     * Attends.
     *
     * @param queries one row per query token (B, L, H·d), head by head
     * @param keys one row per context token (B, n, H·d)
     * @param values one row per context token (B, n, H·d)
     * @param heads H
     * @return for each query token the attention-weighted sum of the values (B, L, H·d), in the
     *     manager of the queries
     * @throws IllegalArgumentException if the shapes do not fit together
     */
    public static NDArray apply(NDArray queries, NDArray keys, NDArray values, int heads) {
        requireFit(queries.getShape(), keys.getShape(), values.getShape(), heads);
        GradientTape tape = GradientTape.current();
        if (tape != null) {
            return record(queries, keys, values, heads, tape);
        }
        List<NDArray> operands = List.of(queries, keys, values);
        return !GradientTape.fixesValues() && Kernels.accept(operands)
                ? engines(queries, keys, values, heads)
                : EachSequence.of(operands, parts -> reference(parts, heads));
    }

    /**
     * Returns how much of each value each asking token takes, for those who want to see it; {@link
     * #apply} never holds so much at once.
     *
     * @param queries one row a token that asks (B, L, H·d), head by head
     * @param keys one row a token that is looked at (B, n, H·d)
     * @param heads H
     * @return the mean over the heads (B, L, n), in the manager of the queries; each row sums to 1
     */
    public static NDArray weights(NDArray queries, NDArray keys, int heads) {
        return Scratch.freed(
                () -> {
                    NDArray q = AttentionReference.split(queries, heads); // (B, H, L, d)
                    NDArray k = AttentionReference.split(keys, heads); // (B, H, n, d)
                    NDArray scaled = q.mul(AttentionReference.scale(q));
                    return AttentionReference.probabilities(scaled, k).mean(new int[] {1});
                });
    }

    private static NDArray engines(NDArray queries, NDArray keys, NDArray values, int heads) {
        return Scratch.freed(
                () -> {
                    NDArray q = AttentionReference.split(queries, heads); // (B, H, L, d)
                    NDArray k = AttentionReference.split(keys, heads); // (B, H, n, d)
                    NDArray v = AttentionReference.split(values, heads); // (B, H, n, d)
                    NDArray attended = Functions.ATTENTION.apply(q, k, v); // (B, H, L, d)
                    return AttentionReference.join(attended); // (B, L, H·d)
                });
    }

    private static NDArray reference(List<NDArray> parts, int heads) {
        return AttentionReference.apply(parts.get(0), parts.get(1), parts.get(2), heads);
    }

    private static NDArray record(
            NDArray queries, NDArray keys, NDArray values, int heads, GradientTape tape) {
        NDArray result =
                Scratch.freed(
                        () ->
                                AttentionReference.apply(
                                        detached(queries),
                                        detached(keys),
                                        detached(values),
                                        heads));
        return tape.cut(
                result,
                List.of(queries, keys, values),
                List.of(),
                (roots, gradient) -> pullback(roots, gradient, heads));
    }

    /**
     * With P = softmax(S), S = Q·Kᵀ / √d and G the gradient of P·V: dV = Pᵀ·G, dP = G·Vᵀ, dS = P ∘
     * (dP − Σ dP ∘ P), dQ = dS·K / √d, dK = dSᵀ·Q / √d.
     */
    private static List<@Nullable NDArray> pullback(
            List<@Nullable NDArray> roots, NDArray gradient, int heads) {
        NDArray g = AttentionReference.split(gradient, heads); // (B, H, L, d)
        NDArray q = AttentionReference.split(detached(roots.get(0)), heads); // (B, H, L, d)
        NDArray k = AttentionReference.split(detached(roots.get(1)), heads); // (B, H, n, d)
        NDArray v = AttentionReference.split(detached(roots.get(2)), heads); // (B, H, n, d)
        NDArray scaled = q.mul(AttentionReference.scale(q)); // (B, H, L, d)
        NDArray p = AttentionReference.probabilities(scaled, k); // (B, H, L, n)

        NDArray ofValues = transposed(p).matMul(g); // (B, H, n, d)
        NDArray ofP = g.matMul(transposed(v)); // (B, H, L, n)
        NDArray ofScores = ofP.sub(ofP.mul(p).sum(new int[] {3}, true)).mul(p); // (B, H, L, n)
        NDArray ofQueries = ofScores.matMul(k).mul(AttentionReference.scale(k)); // (B, H, L, d)
        NDArray ofKeys = transposed(ofScores).matMul(scaled); // (B, H, n, d)
        return List.of(
                AttentionReference.join(ofQueries),
                AttentionReference.join(ofKeys),
                AttentionReference.join(ofValues));
    }

    private static NDArray transposed(NDArray x) {
        return x.transpose(0, 1, 3, 2);
    }

    /** The same values outside the graph: nothing that is computed from them is recorded. */
    private static NDArray detached(@Nullable NDArray x) {
        return JniUtils.detachGradient((PtNDArray) Objects.requireNonNull(x));
    }

    private static void requireFit(Shape queries, Shape keys, Shape values, int heads) {
        boolean fit =
                queries.dimension() == 3
                        && keys.dimension() == 3
                        && keys.equals(values)
                        && queries.get(0) == keys.get(0)
                        && queries.get(2) == keys.get(2)
                        && keys.get(1) > 0
                        && heads > 0
                        && queries.get(2) % heads == 0;
        if (!fit) {
            throw new IllegalArgumentException(
                    ("attention of %s heads needs queries (B, L, H·d) and keys and values (B, n, H·d)"
                                    + " with n of 1 or more, not %s, %s and %s")
                            .formatted(heads, queries, keys, values));
        }
    }
}
