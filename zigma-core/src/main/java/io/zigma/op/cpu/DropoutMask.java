package io.zigma.op.cpu;

import java.nio.FloatBuffer;

/** Masks of dropout: zeros at random places, and one number everywhere else. */
public final class DropoutMask {

    /** Elements of a task, an even number. */
    private static final int PART = 1 << 14;

    private static final int BITS = 24;
    private static final long LOWEST = (1L << BITS) - 1;

    // SplitMix64 (Steele, Lea and Flood 2014)
    private static final long GAMMA = 0x9E3779B97F4A7C15L;
    private static final long FIRST = 0xBF58476D1CE4E5B9L;
    private static final long SECOND = 0x94D049BB133111EBL;

    private DropoutMask() {}

    /**
     * Fills masks.
     *
     * @param to receives them, one behind the other, of equally many elements
     * @param seeds one a mask; what an element gets depends on its mask's seed and its place alone
     * @param probability of a zero, in (0, 1); the others get 1 / (1 − probability)
     * @param threads how many threads may work; the result does not depend on it
     */
    public static void fill(FloatBuffer to, long[] seeds, double probability, int threads) {
        int size = to.limit() / Math.max(1, seeds.length);
        int parts = (size + PART - 1) / PART;
        int limit = (int) Math.round(probability * (1 << BITS));
        float kept = (float) (1 / (1 - probability));
        Workers.run(
                seeds.length * parts,
                threads,
                task -> {
                    int from = task % parts * PART;
                    float[] mask = new float[Math.min(PART, size - from)];
                    fill(mask, seeds[task / parts], from, limit, kept);
                    to.put(task / parts * size + from, mask, 0, mask.length);
                });
    }

    /** Two elements of each number, of its upper and its lower bits. */
    private static void fill(float[] mask, long seed, int from, int limit, float kept) {
        for (int i = 0; i < mask.length; i += 2) {
            long bits = mixed(seed + ((from + i) / 2 + 1) * GAMMA);
            mask[i] = (bits >>> (Long.SIZE - BITS)) < limit ? 0 : kept;
            if (i + 1 < mask.length) {
                mask[i + 1] = (bits & LOWEST) < limit ? 0 : kept;
            }
        }
    }

    private static long mixed(long state) {
        long z = (state ^ (state >>> 30)) * FIRST;
        z = (z ^ (z >>> 27)) * SECOND;
        return z ^ (z >>> 31);
    }
}
