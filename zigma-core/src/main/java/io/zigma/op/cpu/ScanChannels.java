package io.zigma.op.cpu;

import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The operands of a selective scan that have channels, in row-major order with tokens in raster
 * order; delta is not among them.
 *
 * @param u (B, L, E)
 * @param a (E, N)
 * @param skip (E) or null
 * @param gate (B, L, E) or null
 * @param deltaBias (E) or null
 */
public record ScanChannels(
        FloatBuffer u,
        FloatBuffer a,
        @Nullable FloatBuffer skip,
        @Nullable FloatBuffer gate,
        @Nullable FloatBuffer deltaBias) {}
