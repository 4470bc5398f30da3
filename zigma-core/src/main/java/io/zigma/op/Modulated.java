package io.zigma.op;

import ai.djl.ndarray.NDArray;

/**
 * A norm and what adaLN makes of it.
 *
 * @param norm n = norm(x) (B, L, D)
 * @param modulated n · (1 + scale) + shift (B, L, D)
 */
public record Modulated(NDArray norm, NDArray modulated) {}
