package io.zigma.op.cpu;

import java.nio.FloatBuffer;

/**
 * delta, B and C as arrays of their own.
 *
 * @param shape sizes
 * @param order the token visited at each step
 * @param delta (B, L, E)
 * @param b (B, L, N)
 * @param c (B, L, N)
 */
record GivenSteps(ScanShape shape, int[] order, FloatBuffer delta, FloatBuffer b, FloatBuffer c)
        implements StepSource {

    @Override
    public void begin(ScanTile tile, int sequence) {
        tile.loadTokens(b, c, sequence, shape.length());
    }

    @Override
    public void read(ScanTile tile, int[] positions, int start, int steps) {
        tile.gather(delta, tile.in.deltaRaw(), positions, start, steps);
        tile.orderTokens(order, start, steps);
    }
}
