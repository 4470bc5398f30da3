package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.zigma.scan.ScanPath;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operands of a selective scan as a Mamba mixer has them, checked against each other: delta, B
 * and C are one projection of each token, in which delta has few dimensions.
 *
 * @param u (B, L, E)
 * @param dtBC R numbers for delta, then B, then C (B, L, R + 2N)
 * @param dtProj (E, R), which delta is the product with
 * @param a A (E, N)
 * @param d D (E) or null
 * @param gate (B, L, E) or null
 * @param dtBias (E) or null
 * @param path the order of the L tokens
 */
record ProjectedScan(
        NDArray u,
        NDArray dtBC,
        NDArray dtProj,
        NDArray a,
        @Nullable NDArray d,
        @Nullable NDArray gate,
        @Nullable NDArray dtBias,
        ScanPath path) {

    ProjectedScan {
        ScanOperands.checkTokens(u, path);
        Shape tokens = u.getShape();
        long channels = tokens.get(2);
        long states = ScanOperands.states(a, channels);
        Shape weight = dtProj.getShape();
        if (weight.dimension() != 2 || weight.get(0) != channels || weight.get(1) < 1) {
            throw new IllegalArgumentException(
                    "delta's weight must be (E, R) with E = %s as in u, not %s"
                            .formatted(channels, weight));
        }
        Shapes.check(
                "what delta, B and C are read from",
                dtBC,
                new Shape(tokens.get(0), tokens.get(1), weight.get(1) + 2 * states));
        Shapes.check("gate", gate, tokens);
        Shapes.check("D", d, new Shape(channels));
        Shapes.check("Δ's bias", dtBias, new Shape(channels));
    }

    /** Returns R. */
    long dtRank() {
        return dtProj.getShape().get(1);
    }

    /** Returns all arrays in the order of the components. */
    List<@Nullable NDArray> arrays() {
        return Arrays.asList(u, dtBC, dtProj, a, d, gate, dtBias);
    }

    /** Returns the same scan with delta, B and C as arrays of their own. */
    ScanOperands separate() {
        long states = a.getShape().get(1);
        NDList parts = dtBC.split(new long[] {dtRank(), dtRank() + states}, 2);
        NDArray delta = // (B, L, E), of the type of u
                Bfloat16.isRounded(u)
                        ? Bfloat16.multiplyRounded(parts.get(0), dtProj, null)
                        : DenseProduct.apply(parts.get(0), dtProj, null);
        return new ScanOperands(
                u, delta, a, parts.get(1), parts.get(2), d, gate, dtBias, true, path);
    }
}
