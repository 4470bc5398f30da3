package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;
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
    private static final String ENGINES_MASKED =
            "torch.scaled_dot_product_attention(q, k, v, bias)";

    private Attention() {}

    /** Compiled at the first attention without gradients. */
    private static final class Functions {
        static final ScriptFunction ATTENTION = ScriptFunction.of(ENGINES, "q", "k", "v");
    }

    /** Compiled when something first attends to masked tokens without gradients. */
    private static final class MaskedFunctions {
        static final ScriptFunction ATTENTION =
                ScriptFunction.of(ENGINES_MASKED, "q", "k", "v", "bias");
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
        return apply(queries, keys, values, heads, null);
    }

    /**
     * Attends to some of the tokens.
     *
     * @param queries one row per query token (B, L, H·d), head by head
     * @param keys one row a token that is looked at (B, n, H·d)
     * @param values what each of those says (B, n, H·d)
     * @param heads H
     * @param mask 1 for each token that counts and 0 for one that gets no weight (B, n), at least
     *     one of each sequence being 1; null where all count
     * @return for each asking token the values, weighted by how well their keys fit (B, L, H·d), in
     *     the manager of the queries
     * @throws IllegalArgumentException if the shapes do not fit together
     */
    public static NDArray apply(
            NDArray queries, NDArray keys, NDArray values, int heads, @Nullable NDArray mask) {
        requireFit(queries.getShape(), keys.getShape(), values.getShape(), heads);
        if (mask != null) {
            requireFit(mask.getShape(), keys.getShape());
        }
        GradientTape tape = GradientTape.current();
        if (tape != null) {
            return record(queries, keys, values, heads, mask, tape);
        }
        List<NDArray> operands =
                mask == null
                        ? List.of(queries, keys, values)
                        : List.of(queries, keys, values, mask);
        return !GradientTape.fixesValues() && Kernels.enginesTake(operands)
                ? engines(queries, keys, values, heads, mask)
                : EachSequence.of(operands, parts -> reference(parts, heads));
    }

    /**
     * Returns how much of each value each asking token takes, for those who want to see it; {@link
     * #apply} never holds so much at once.
     *
     * @param queries one row per query token (B, L, H·d), head by head
     * @param keys one row a token that is looked at (B, n, H·d)
     * @param heads H
     * @param mask 1 for each token that counts (B, n), null where all do
     * @return the mean over the heads (B, L, n), in the manager of the queries; each row sums to 1
     */
    public static NDArray weights(
            NDArray queries, NDArray keys, int heads, @Nullable NDArray mask) {
        return Scratch.freed(
                () -> {
                    NDArray q = AttentionReference.split(queries, heads); // (B, H, L, d)
                    NDArray k = AttentionReference.split(keys, heads); // (B, H, n, d)
                    NDArray scaled = q.mul(AttentionReference.scale(q));
                    return AttentionReference.probabilities(scaled, k, mask).mean(new int[] {1});
                });
    }

    private static NDArray engines(
            NDArray queries, NDArray keys, NDArray values, int heads, @Nullable NDArray mask) {
        return Scratch.freed(
                () -> {
                    NDArray q = AttentionReference.split(queries, heads); // (B, H, L, d)
                    NDArray k = AttentionReference.split(keys, heads); // (B, H, n, d)
                    NDArray v = AttentionReference.split(values, heads); // (B, H, n, d)
                    NDArray attended = // (B, H, L, d)
                            mask == null
                                    ? Functions.ATTENTION.apply(q, k, v)
                                    : MaskedFunctions.ATTENTION.apply(
                                            q, k, v, AttentionReference.bias(mask));
                    return AttentionReference.join(attended); // (B, L, H·d)
                });
    }

    private static NDArray reference(List<NDArray> parts, int heads) {
        return AttentionReference.apply(
                parts.get(0),
                parts.get(1),
                parts.get(2),
                heads,
                parts.size() > 3 ? parts.get(3) : null);
    }

    private static NDArray record(
            NDArray queries,
            NDArray keys,
            NDArray values,
            int heads,
            @Nullable NDArray mask,
            GradientTape tape) {
        NDArray result =
                Scratch.freed(
                        () ->
                                AttentionReference.apply(
                                        detached(queries),
                                        detached(keys),
                                        detached(values),
                                        heads,
                                        mask));
        return tape.cut(
                result,
                Arrays.asList(queries, keys, values, mask),
                List.of(),
                (roots, gradient) -> pullback(roots, gradient, heads));
    }

    /**
     * With P = softmax(S), S = Q·Kᵀ / √d and G the gradient of P·V: dV = Pᵀ·G, dP = G·Vᵀ, dS = P ∘
     * (dP − Σ dP ∘ P), dQ = dS·K / √d, dK = dSᵀ·Q / √d. Where a token is masked, P and so all of it
     * is 0.
     */
    private static List<@Nullable NDArray> pullback(
            List<@Nullable NDArray> roots, NDArray gradient, int heads) {
        NDArray g = AttentionReference.split(gradient, heads); // (B, H, L, d)
        NDArray q = AttentionReference.split(detached(roots.get(0)), heads); // (B, H, L, d)
        NDArray k = AttentionReference.split(detached(roots.get(1)), heads); // (B, H, n, d)
        NDArray v = AttentionReference.split(detached(roots.get(2)), heads); // (B, H, n, d)
        NDArray scaled = q.mul(AttentionReference.scale(q)); // (B, H, L, d)
        NDArray p = AttentionReference.probabilities(scaled, k, roots.get(3)); // (B, H, L, n)

        NDArray ofValues = transposed(p).matMul(g); // (B, H, n, d)
        NDArray ofP = g.matMul(transposed(v)); // (B, H, L, n)
        NDArray ofScores = ofP.sub(ofP.mul(p).sum(new int[] {3}, true)).mul(p); // (B, H, L, n)
        NDArray ofQueries = ofScores.matMul(k).mul(AttentionReference.scale(k)); // (B, H, L, d)
        NDArray ofKeys = transposed(ofScores).matMul(scaled); // (B, H, n, d)
        return Arrays.asList(
                AttentionReference.join(ofQueries),
                AttentionReference.join(ofKeys),
                AttentionReference.join(ofValues),
                null);
    }

    private static NDArray transposed(NDArray x) {
        return x.transpose(0, 1, 3, 2);
    }

    /** The same values outside the graph: nothing that is computed from them is recorded. */
    private static NDArray detached(@Nullable NDArray x) {
        return JniUtils.detachGradient((PtNDArray) Objects.requireNonNull(x));
    }

    private static void requireFit(Shape mask, Shape keys) {
        if (!mask.equals(new Shape(keys.get(0), keys.get(1)))) {
            throw new IllegalArgumentException(
                    "a mask of keys %s is (%s, %s), not %s"
                            .formatted(keys, keys.get(0), keys.get(1), mask));
        }
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
