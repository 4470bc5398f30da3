package io.zigma.op.cpu;

import java.nio.FloatBuffer;

/**
 * What gives delta, B and C of each token.
 *
 * @param values R numbers for delta, then B, then C (B, L, R + 2N)
 * @param timeWeight W (E, R), which delta is the product with
 * @param rank R, at least 1
 */
public record ScanSelection(FloatBuffer values, FloatBuffer timeWeight, int rank) {}
