package io.zigma.op.cuda;

/**
 * How a scan is divided into blocks. A sequence is gone through step by step, so that few sequences
 * leave most of a GPU idle; long ones are divided into segments then, which are scanned at the same
 * time and once more with what was before them. It follows from the shapes alone: results are the
 * same on every device.
 *
 * @param tuning how a block works
 * @param segments of each sequence, S; 1 if none is divided
 * @param segmentTiles tiles of a segment; the last may have fewer
 */
public record ScanDivision(ScanTuning tuning, int segments, int segmentTiles) {

    /** Blocks of 128 threads that an H100 runs at a time: six on each multiprocessor. */
    private static final long BLOCKS_FORWARD = 768;

    /** Twice as many as it runs at a time, of which registers let two on a multiprocessor. */
    private static final long BLOCKS_BACKWARD = 528;

    /** Fewer would hardly outweigh that the recurrence is gone through twice. */
    private static final long LEAST_SEGMENTS = 4;

    /** In fewer, starting a second kernel takes about as long as it spares. */
    private static final long LEAST_TILES_FORWARD = 16;

    private static final long LEAST_TILES_BACKWARD = 8;

    /** Each block adds up the segments before its own. */
    private static final long MOST_SEGMENTS = 64;

    /**
     * Divides a forward scan.
     *
     * @param sequences B
     * @param length L
     * @param channels E
     * @param states N
     * @return the division
     */
    public static ScanDivision forward(long sequences, long length, long channels, int states) {
        return of(
                ScanTuning.forward(sequences, channels, states),
                ScanTuning.forwardSegments(states),
                BLOCKS_FORWARD,
                LEAST_TILES_FORWARD,
                sequences,
                length,
                channels);
    }

    /**
     * Divides a backward scan.
     *
     * @param sequences B
     * @param length L
     * @param channels E
     * @param states N
     * @return the division, into tiles of as many steps as the forward scan's
     */
    public static ScanDivision backward(long sequences, long length, long channels, int states) {
        return of(
                ScanTuning.backward(sequences, channels, states),
                ScanTuning.backwardSegments(states),
                BLOCKS_BACKWARD,
                LEAST_TILES_BACKWARD,
                sequences,
                length,
                channels);
    }

    /**
     * Divides nothing.
     *
     * @param tuning how a block works
     * @param length L
     * @return one segment
     */
    public static ScanDivision whole(ScanTuning tuning, long length) {
        return new ScanDivision(tuning, 1, Math.toIntExact(tuning.tiles(length)));
    }

    private static ScanDivision of(
            ScanTuning whole,
            ScanTuning ofSegments,
            long wantedBlocks,
            long leastTiles,
            long sequences,
            long length,
            long channels) {
        long blocks = sequences * Grids.pieces(channels, ofSegments.channels());
        long tiles = ofSegments.tiles(length);
        long most = Math.min(MOST_SEGMENTS, Math.min(wantedBlocks / blocks, tiles / leastTiles));
        if (most < LEAST_SEGMENTS) {
            return whole(whole, length);
        }
        long segmentTiles = Grids.pieces(tiles, most);
        return new ScanDivision(
                ofSegments,
                Math.toIntExact(Grids.pieces(tiles, segmentTiles)),
                Math.toIntExact(segmentTiles));
    }

    /**
     * Returns whether sequences are divided.
     *
     * @return whether there are several segments
     */
    public boolean segmented() {
        return segments > 1;
    }
}
