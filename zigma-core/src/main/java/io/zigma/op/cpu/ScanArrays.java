package io.zigma.op.cpu;

import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The operands of a selective scan, or the gradients of its result with respect to them, all in
 * row-major order with tokens in raster order.
 *
 * @param u (B, L, E)
 * @param delta Δ (B, L, E), before bias and softplus
 * @param a A (E, N)
 * @param b B (B, L, N)
 * @param c C (B, L, N)
 * @param d D (E) or null
 * @param gate (B, L, E) or null
 * @param dtBias (E) or null
 */
public record ScanArrays(
        FloatBuffer u,
        FloatBuffer delta,
        FloatBuffer a,
        FloatBuffer b,
        FloatBuffer c,
        @Nullable FloatBuffer d,
        @Nullable FloatBuffer gate,
        @Nullable FloatBuffer dtBias) {

    ScanChannels channels() {
        return new ScanChannels(u, a, d, gate, dtBias);
    }
}
