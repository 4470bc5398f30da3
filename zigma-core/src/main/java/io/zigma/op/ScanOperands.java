package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.zigma.scan.ScanPath;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The operands of a selective scan, checked against each other.
 *
 * @param u (B, L, E)
 * @param delta Δ (B, L, E), before bias and softplus
 * @param a A (E, N)
 * @param b B (B, L, N), or (E, N) where it does not depend on the token
 * @param c C (B, L, N), or (E, N) where it does not depend on the token
 * @param d D (E) or null
 * @param gate (B, L, E) or null
 * @param dtBias (E) or null
 * @param softplus whether softplus is applied to delta
 * @param path the order of the L tokens
 */
record ScanOperands(
        NDArray u,
        NDArray delta,
        NDArray a,
        NDArray b,
        NDArray c,
        @Nullable NDArray d,
        @Nullable NDArray gate,
        @Nullable NDArray dtBias,
        boolean softplus,
        ScanPath path) {

    ScanOperands {
        checkTokens(u, path);
        Shape tokens = u.getShape();
        long channels = tokens.get(2);
        long states = states(a, channels);
        Shapes.check("delta", delta, tokens);
        Shapes.check("gate", gate, tokens);
        Shapes.check("D", d, new Shape(channels));
        Shapes.check("Δ's bias", dtBias, new Shape(channels));
        Shape parameters = a.getShape();
        Shape byToken = new Shape(tokens.get(0), tokens.get(1), states);
        Shapes.check("B", b, b.getShape().dimension() == 2 ? parameters : byToken);
        Shapes.check("C", c, c.getShape().dimension() == 2 ? parameters : byToken);
    }

    /** Makes operands from the arrays in the order of the components. */
    static ScanOperands of(List<@Nullable NDArray> arrays, boolean softplus, ScanPath path) {
        return new ScanOperands(
                Objects.requireNonNull(arrays.get(0)),
                Objects.requireNonNull(arrays.get(1)),
                Objects.requireNonNull(arrays.get(2)),
                Objects.requireNonNull(arrays.get(3)),
                Objects.requireNonNull(arrays.get(4)),
                arrays.get(5),
                arrays.get(6),
                arrays.get(7),
                softplus,
                path);
    }

    /** Checks that u is (B, L, E) and the path of L tokens. */
    static void checkTokens(NDArray u, ScanPath path) {
        Shape tokens = u.getShape();
        if (tokens.dimension() != 3) {
            throw new IllegalArgumentException("u must be (B, L, E), not " + tokens);
        }
        if (path.length() != tokens.get(1)) {
            throw new IllegalArgumentException(
                    "the path has %s tokens, u has %s".formatted(path.length(), tokens.get(1)));
        }
    }

    /** Checks that A is (E, N) and returns N. */
    static long states(NDArray a, long channels) {
        Shape parameters = a.getShape();
        if (parameters.dimension() != 2 || parameters.get(0) != channels) {
            throw new IllegalArgumentException(
                    "A must be (E, N) with E = %s as in u, not %s".formatted(channels, parameters));
        }
        return parameters.get(1);
    }

    /** Returns whether B and C are given token by token. */
    boolean selective() {
        return b.getShape().dimension() == 3 && c.getShape().dimension() == 3;
    }

    /** Returns the scan of one sequence of the batch. */
    ScanOperands sequence(int number) {
        NDIndex index = new NDIndex("{}:{}", number, number + 1);
        return new ScanOperands(
                u.get(index),
                delta.get(index),
                a,
                b.getShape().dimension() == 2 ? b : b.get(index),
                c.getShape().dimension() == 2 ? c : c.get(index),
                d,
                gate == null ? null : gate.get(index),
                dtBias,
                softplus,
                path);
    }

    /** Returns the same in float32, where activations are bfloat16. */
    ScanOperands widened() {
        return Bfloat16.isRounded(u)
                ? new ScanOperands(
                        Bfloat16.widened(u),
                        Bfloat16.widened(delta),
                        a,
                        b,
                        c,
                        d,
                        Bfloat16.widenedIfPresent(gate),
                        dtBias,
                        softplus,
                        path)
                : this;
    }

    /** Returns all arrays in the order of the components. */
    List<@Nullable NDArray> arrays() {
        return Arrays.asList(u, delta, a, b, c, d, gate, dtBias);
    }
}
