package io.zigma.op.cpu;

import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The operands of a selective scan that have channels, in row-major order with tokens in raster
 * order; delta is not among them.
 *
 * @param u (B, L, E)
 * @param a A (E, N)
 * @param d D (E) or null
 * @param gate (B, L, E) or null
 * @param dtBias (E) or null
 */
public record ScanChannels(
        FloatBuffer u,
        FloatBuffer a,
        @Nullable FloatBuffer d,
        @Nullable FloatBuffer gate,
        @Nullable FloatBuffer dtBias) {}
