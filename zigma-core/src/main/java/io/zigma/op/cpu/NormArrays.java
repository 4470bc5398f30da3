package io.zigma.op.cpu;

import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The operands of a normalisation with modulation, or the gradients with respect to them, in
 * row-major order.
 *
 * @param x (B, L, D)
 * @param weight (D) or null for ones
 * @param bias (D) or null for zeros
 * @param shift of each sequence (B, D), or null for zeros
 * @param scale of each sequence, added to 1 (B, D), or null for zeros
 */
public record NormArrays(
        FloatBuffer x,
        @Nullable FloatBuffer weight,
        @Nullable FloatBuffer bias,
        @Nullable FloatBuffer shift,
        @Nullable FloatBuffer scale) {}
