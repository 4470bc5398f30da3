package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.zigma.scan.ScanPath;
import org.jspecify.annotations.Nullable;

/**
 * Selective scan: a linear recurrence whose step size, input and output depend on the token (Gu and
 * Dao 2023, algorithm 2), along a scan path (ZigMa 2024, equation 1).
 *
 * <p>For each channel e and state n, step by step along the path:
 *
 * <pre>
 * h[e, n] ← exp(Δ[e]·A[e, n])·h[e, n] + Δ[e]·B[n]·u[e]      with Δ = softplus(delta + bias)
 * y[e]    = (Σₙ C[n]·h[e, n] + D[e]·u[e])·silu(gate[e])
 * </pre>
 *
 * <p>A fused kernel does this in one pass, on a processor in float32 and on NVIDIA's GPUs also in
 * bfloat16, if no gradient is recorded or a {@link GradientTape} is open. Otherwise, and with
 * recording on but no tape, a reference in plain {@code NDArray} operations does it, which any
 * gradient collector sees through.
 */
public final class SelectiveScan {

    private SelectiveScan() {}

    /**
     * Scans every sequence of a batch. Tokens are in raster order, in the operands as in the
     * result.
     *
     * @param u input (B, L, E)
     * @param delta step size before bias and softplus (B, L, E)
     * @param a A (E, N), negative
     * @param b B (B, L, N)
     * @param c C (B, L, N)
     * @param d D, the weight of the input in the output (E), or null for none
     * @param gate (B, L, E), whose SiLU multiplies the output, or null for none
     * @param dtBias added to delta (E), or null for none
     * @param path the order in which the L tokens are visited
     * @return y (B, L, E), in the manager of u
     * @throws IllegalArgumentException if the shapes do not fit together
     */
    public static NDArray apply(
            NDArray u,
            NDArray delta,
            NDArray a,
            NDArray b,
            NDArray c,
            @Nullable NDArray d,
            @Nullable NDArray gate,
            @Nullable NDArray dtBias,
            ScanPath path) {
        return apply(new ScanOperands(u, delta, a, b, c, d, gate, dtBias, true, path));
    }

    /**
     * Scans every sequence of a batch, with delta, B and C as a Mamba mixer projects them from each
     * token (Gu and Dao 2023, section 3.6). Where no gradient is recorded, the fused kernel
     * computes delta as well.
     *
     * @param u input (B, L, E)
     * @param dtBC R numbers for delta, then B, then C (B, L, R + 2N)
     * @param dtProj the step sizes before bias and softplus are the product of the R numbers with
     *     this (E, R)
     * @param a A (E, N), negative
     * @param d D, the weight of the input in the output (E), or null for none
     * @param gate (B, L, E), whose SiLU multiplies the output, or null for none
     * @param dtBias added to delta (E), or null for none
     * @param path the order in which the L tokens are visited
     * @return y (B, L, E), in the manager of u
     * @throws IllegalArgumentException if the shapes do not fit together
     */
    public static NDArray apply(
            NDArray u,
            NDArray dtBC,
            NDArray dtProj,
            NDArray a,
            @Nullable NDArray d,
            @Nullable NDArray gate,
            @Nullable NDArray dtBias,
            ScanPath path) {
        ProjectedScan scan = new ProjectedScan(u, dtBC, dtProj, a, d, gate, dtBias, path);
        NDArray y = GradientTape.fixesValues() ? null : KernelSets.first(set -> set.scan(scan));
        return y == null ? apply(scan.separate()) : y;
    }

    static NDArray apply(ScanOperands operands) {
        NDArray y = KernelSets.recorded((set, tape) -> set.scan(operands, tape));
        if (y != null) {
            return y;
        }
        ScanOperands plain = operands.widened();
        return EachSequence.matters(plain.u())
                ? Scratch.freed(() -> eachReference(plain))
                : SelectiveScanReference.apply(plain).y();
    }

    private static NDArray eachReference(ScanOperands operands) {
        NDList results = new NDList();
        for (int i = 0; i < operands.u().getShape().get(0); i++) {
            results.add(SelectiveScanReference.apply(operands.sequence(i)).y());
        }
        return NDArrays.concat(results, 0);
    }
}
