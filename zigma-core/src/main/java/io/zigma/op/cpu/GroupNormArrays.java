package io.zigma.op.cpu;

import java.nio.FloatBuffer;

/**
 * The operands of a group norm, or the gradients with respect to them, in row-major order.
 *
 * @param x (B, C, H, W)
 * @param weight (C), or (B, C) where each picture has its own
 * @param bias of the same shape
 */
public record GroupNormArrays(FloatBuffer x, FloatBuffer weight, FloatBuffer bias) {}
