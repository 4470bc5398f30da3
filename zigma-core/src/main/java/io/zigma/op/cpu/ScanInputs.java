package io.zigma.op.cpu;

/**
 * What a tile reads of one chunk of a scan, step by step.
 *
 * @param u (steps, channels)
 * @param deltaRaw delta before bias and softplus (steps, channels)
 * @param gate before SiLU (steps, channels)
 * @param b B (steps, N)
 * @param c C (steps, N)
 */
record ScanInputs(float[] u, float[] deltaRaw, float[] gate, float[] b, float[] c) {

    /** Makes room for a chunk. */
    static ScanInputs of(int states) {
        int rows = ScanTile.STEPS * ScanTile.STRIDE;
        int tokens = ScanTile.STEPS * states;
        return new ScanInputs(
                new float[rows],
                new float[rows],
                new float[rows],
                new float[tokens],
                new float[tokens]);
    }
}
