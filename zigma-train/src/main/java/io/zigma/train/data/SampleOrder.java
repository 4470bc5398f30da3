package io.zigma.train.data;

/**
 * Which picture comes at which position of an endless stream: every epoch is a permutation of all
 * pictures, from the seed and the index of the epoch alone.
 *
 * <p>Nothing is carried from one position to the next, so that a run resumes anywhere. The random
 * numbers are SplitMix64's (Steele, Lea and Flood 2014), written out because the platform does not
 * promise that its generators stay the same.
 */
final class SampleOrder {

    private static final long GOLDEN_GAMMA = 0x9e37_79b9_7f4a_7c15L;
    // makes mirroring independent of the order
    private static final long FLIP_STREAM = 0x2545_f491_4f6c_dd1dL;
    private static final long CAPTION_STREAM = 0x5851_f42d_4c95_7f2dL;

    private static final long SHARD_STREAM = 0x1405_7b7e_f767_814fL;

    private final int size;
    private final long seed;
    private final int[] starts;
    private final int buffer;
    private long epoch = -1;
    private int[] permutation = new int[0];

    /**
     * Makes the order; not for use from several threads.
     *
     * @param size number of pictures
     * @param seed of the whole run
     */
    SampleOrder(int size, long seed) {
        this(size, seed, new int[] {0}, 0);
    }

    /**
     * Makes an order that goes from shard to shard, so that reading is local: an epoch is the
     * shards in a random order, one after the other, and every block of as many pictures as the
     * buffer holds is shuffled. As the order without a buffer, it depends on nothing but the
     * position.
     *
     * @param size number of pictures
     * @param seed of the whole run
     * @param starts where each shard begins, ascending from 0
     * @param buffer pictures a block; 0 for the order of single pictures
     */
    SampleOrder(int size, long seed, int[] starts, int buffer) {
        this.size = size;
        this.seed = seed;
        this.starts = starts.clone();
        this.buffer = buffer;
    }

    /**
     * Returns the picture at a position.
     *
     * @param position from 0 on, without end
     * @return a number from 0 to size − 1
     */
    int index(long position) {
        if (position / size != epoch) {
            epoch = position / size;
            long stream = mix(mix(seed) + epoch * GOLDEN_GAMMA);
            permutation = buffer == 0 ? shuffled(size, stream) : blocks(stream);
        }
        return permutation[(int) (position % size)];
    }

    /**
     * Returns whether the picture at a position would be mirrored, one in two.
     *
     * @param position from 0 on, without end
     */
    boolean flipped(long position) {
        return mix(mix(seed ^ FLIP_STREAM) + position * GOLDEN_GAMMA) < 0;
    }

    /**
     * Chooses one of several captions for the picture at a position.
     *
     * @param position from 0 on, without end
     * @param count how many there are, at least 1
     * @return 0 … count − 1
     */
    int choice(long position, int count) {
        long bits = mix(mix(seed ^ CAPTION_STREAM) + position * GOLDEN_GAMMA);
        return (int) ((bits >>> 32) * count >>> 32);
    }

    /** The shards in a random order, and blocks of them shuffled. */
    private int[] blocks(long stream) {
        int[] local = new int[size];
        int at = 0;
        for (int shard : shuffled(starts.length, mix(stream ^ SHARD_STREAM))) {
            int end = shard + 1 < starts.length ? starts[shard + 1] : size;
            for (int i = starts[shard]; i < end; i++) {
                local[at] = i;
                at++;
            }
        }
        int[] order = new int[size];
        for (int from = 0; from < size; from += buffer) {
            int count = Math.min(buffer, size - from);
            int[] within = shuffled(count, mix(stream + from));
            for (int i = 0; i < count; i++) {
                order[from + i] = local[from + within[i]];
            }
            if (size - from <= buffer) {
                break; // the next start may be beyond the numbers
            }
        }
        return order;
    }

    /** Shuffles by Fisher and Yates. */
    private static int[] shuffled(int size, long stream) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            // 32 random bits scaled to 0 … i; the bias is below size / 2^32
            int other = (int) ((mix(stream + i * GOLDEN_GAMMA) >>> 32) * (i + 1L) >>> 32);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }

    private static long mix(long value) {
        long z = value + GOLDEN_GAMMA;
        z = (z ^ z >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
        return z ^ z >>> 31;
    }
}
