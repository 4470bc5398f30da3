package io.zigma.op.cpu;

import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The operands of a depthwise causal convolution, or the gradients of its result with respect to
 * them, in row-major order with tokens in raster order.
 *
 * @param x (B, L, E)
 * @param weight (E, 1, K), the last tap on the token itself
 * @param bias (E) or null
 */
public record ConvolutionArrays(FloatBuffer x, FloatBuffer weight, @Nullable FloatBuffer bias) {}
