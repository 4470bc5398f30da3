package io.zigma.op.cpu;

import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The operands of a selective scan, or the gradients of its result with respect to them, all in
 * row-major order with tokens in raster order.
 *
 * @param u (B, L, E)
 * @param delta (B, L, E), before bias and softplus
 * @param a (E, N)
 * @param b (B, L, N)
 * @param c (B, L, N)
 * @param skip (E) or null
 * @param gate (B, L, E) or null
 * @param deltaBias (E) or null
 */
public record ScanArrays(
        FloatBuffer u,
        FloatBuffer delta,
        FloatBuffer a,
        FloatBuffer b,
        FloatBuffer c,
        @Nullable FloatBuffer skip,
        @Nullable FloatBuffer gate,
        @Nullable FloatBuffer deltaBias) {

    ScanChannels channels() {
        return new ScanChannels(u, a, skip, gate, deltaBias);
    }
}
