package io.zigma.media;

import java.util.Arrays;

/**
 * Pixels as some of them and copies of earlier ones (Ziv and Lempel 1977): at each place the
 * longest run that was there before, found through a table of where each three pixels were last.
 */
final class PixelRuns {

    /** Longest copy that the format holds. */
    private static final int LONGEST = 4096;

    /** Shorter ones are not worth their distance. */
    private static final int SHORTEST = 3;

    /** Farthest that the format holds. */
    private static final int FARTHEST = (1 << 20) - 120;

    private static final int HASH_BITS = 16;

    /** How many earlier places are looked at. */
    private static final int TRIES = 32;

    private int[] lengths = new int[64];
    private int[] values = new int[64];
    private int count;

    private PixelRuns() {}

    /** Divides pixels. */
    static PixelRuns of(int[] argb) {
        PixelRuns runs = new PixelRuns();
        int[] latest = new int[1 << HASH_BITS];
        Arrays.fill(latest, -1);
        int[] before = new int[argb.length];
        for (int at = 0; at < argb.length; ) {
            int best = SHORTEST - 1;
            int from = 0;
            if (at + SHORTEST <= argb.length) {
                int most = Math.min(LONGEST, argb.length - at);
                int place = latest[hash(argb, at)];
                for (int i = 0; i < TRIES && place >= 0 && at - place <= FARTHEST; i++) {
                    int length = 0;
                    while (length < most && argb[place + length] == argb[at + length]) {
                        length++;
                    }
                    if (length > best) {
                        best = length;
                        from = place;
                    }
                    place = before[place];
                }
            }
            boolean copied = best >= SHORTEST;
            runs.add(copied ? best : 0, copied ? at - from : argb[at]);
            int next = at + (copied ? best : 1);
            for (; at < next; at++) {
                if (at + SHORTEST <= argb.length) {
                    int hash = hash(argb, at);
                    before[at] = latest[hash];
                    latest[hash] = at;
                }
            }
        }
        return runs;
    }

    private static int hash(int[] argb, int at) {
        int mixed = (argb[at] * 0x9e3779b1 + argb[at + 1]) * 0x9e3779b1 + argb[at + 2];
        return mixed * 0x9e3779b1 >>> Integer.SIZE - HASH_BITS;
    }

    private void add(int length, int value) {
        if (count == lengths.length) {
            lengths = Arrays.copyOf(lengths, 2 * count);
            values = Arrays.copyOf(values, 2 * count);
        }
        lengths[count] = length;
        values[count++] = value;
    }

    /** Returns how many parts there are. */
    int count() {
        return count;
    }

    /** Returns how many pixels a part copies, 0 for one that stands for itself. */
    int length(int part) {
        return lengths[part];
    }

    /** Returns the pixel of a part, or how far before it the copied ones are. */
    int value(int part) {
        return values[part];
    }
}
