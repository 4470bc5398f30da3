package io.zigma.op.cpu;

/** The source of what depends on the token beside u and gate: delta, B and C. */
interface StepSource {

    /**
     * Prepares for a tile's scan of one sequence.
     *
     * @param tile whose channels are scanned
     * @param sequence index of the sequence in the batch
     */
    void begin(ScanTile tile, int sequence);

    /**
     * Fills {@code deltaRaw}, {@code b} and {@code c} of a tile's inputs for one chunk.
     *
     * @param tile what to fill
     * @param positions offset of the tile's first channel in a (B, L, E) buffer, step by step
     * @param start the chunk's first step
     * @param steps how many steps the chunk has
     */
    void read(ScanTile tile, int[] positions, int start, int steps);
}
