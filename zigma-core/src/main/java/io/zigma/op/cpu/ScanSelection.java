package io.zigma.op.cpu;

import java.nio.FloatBuffer;

/**
 * What gives Δ, B and C of each token.
 *
 * @param dtBC R numbers for Δ, then B, then C (B, L, R + 2N)
 * @param dtProj (E, R), which Δ is the product with
 * @param dtRank R, at least 1
 */
public record ScanSelection(FloatBuffer dtBC, FloatBuffer dtProj, int dtRank) {}
