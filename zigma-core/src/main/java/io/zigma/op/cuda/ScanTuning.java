package io.zigma.op.cuda;

/**
 * How a scan is spread over a GPU. A channel's states are divided among lanes: many lanes keep the
 * GPU busy where there are few channels, few lanes have fewer exchanges between them.
 *
 * @param lanes that share one channel's states, a power of two up to 16
 * @param channels of a block, a power of two
 * @param steps of a tile; forward and backward must agree, because the forward scan stores the
 *     state before each tile
 */
public record ScanTuning(int lanes, int channels, int steps) {

    private static final int STEPS = 16;
    private static final int THREADS = 128;
    private static final int MOST_LANES = 16;

    /** Of the backward scan: on an H100 8 lanes take 159 µs for one sequence, 16 take 174. */
    private static final int MOST_LANES_BACKWARD = 8;

    /** Where there are about as many blocks as a GPU runs at a time. */
    private static final int BUSY_LANES = 4;

    /** One would have more channels of a block than shared memory has room for. */
    private static final int LEAST_LANES_BACKWARD = 2;

    /** States that a lane keeps in registers without spilling them. */
    private static final int MOST_STATES_FORWARD = 8;

    /** Fewer: of each step of a tile, the state and the decay are kept. */
    private static final int MOST_STATES_BACKWARD = 4;

    /**
     * Chooses for a forward scan.
     *
     * @param sequences B
     * @param channels E
     * @param states N
     * @return the tuning
     */
    public static ScanTuning forward(long sequences, long channels, int states) {
        return of(sequences, channels, states, MOST_STATES_FORWARD, 1, MOST_LANES);
    }

    /**
     * Chooses for a backward scan.
     *
     * @param sequences B
     * @param channels E
     * @param states N
     * @return the tuning, of as many steps as the forward scan's
     */
    public static ScanTuning backward(long sequences, long channels, int states) {
        return of(
                sequences,
                channels,
                states,
                MOST_STATES_BACKWARD,
                LEAST_LANES_BACKWARD,
                MOST_LANES_BACKWARD);
    }

    /**
     * Chooses for a forward scan whose segments keep the device busy.
     *
     * @param states N
     * @return the tuning, the same for all shapes of as many states
     */
    static ScanTuning forwardSegments(int states) {
        return of(BUSY_LANES, states, MOST_STATES_FORWARD, 1, MOST_LANES);
    }

    /**
     * Chooses for a backward scan whose segments keep the device busy.
     *
     * @param states N
     * @return the tuning, of as many steps as the forward scan's
     */
    static ScanTuning backwardSegments(int states) {
        return of(
                BUSY_LANES,
                states,
                MOST_STATES_BACKWARD,
                LEAST_LANES_BACKWARD,
                MOST_LANES_BACKWARD);
    }

    private static ScanTuning of(
            long sequences,
            long channels,
            int states,
            int mostOfLane,
            int leastLanes,
            int mostLanes) {
        // measured on an H100 with 1,536 channels: many lanes for one sequence, 4 for 8, 2 for 32
        long work = sequences * channels;
        int lanes = work <= 3 * 1536 ? mostLanes : work <= 12 * 1536 ? BUSY_LANES : 2;
        return of(lanes, states, mostOfLane, leastLanes, mostLanes);
    }

    private static ScanTuning of(
            int wanted, int states, int mostOfLane, int leastLanes, int mostLanes) {
        int lanes = wanted;
        while (lanes < mostLanes && lanes * mostOfLane < states) {
            lanes *= 2;
        }
        while (lanes > leastLanes && lanes > states) {
            lanes /= 2;
        }
        return new ScanTuning(lanes, THREADS / lanes, STEPS);
    }

    /**
     * Returns how many tiles a sequence has.
     *
     * @param length L
     * @return ⌈L / steps⌉
     */
    public long tiles(long length) {
        return (length + steps - 1) / steps;
    }

    /**
     * Returns how many channels one access may read so that all threads have something to read.
     *
     * @return a power of two
     */
    public int mostVector() {
        return Math.max(1, Math.min(4, steps / lanes));
    }
}
