package io.zigma.media;

/** Reads the coefficients of blocks and transforms them back (RFC 6386, sections 13 and 14). */
final class Vp8Coefficients {

    static final int BLOCK = 16;

    private static final int[] BAND = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7};
    private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};

    /** The further bits of large coefficients, from 11 on. */
    private static final int[][] LARGE = {
        {173, 148, 140},
        {176, 155, 140, 135},
        {180, 157, 141, 134, 130},
        {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
    };

    private Vp8Coefficients() {}

    /**
     * Reads a block.
     *
     * @param bits the partition
     * @param tokens probabilities of its kind
     * @param context how many of the blocks above and to the left have coefficients
     * @param first 1 where the first coefficient comes from elsewhere, else 0
     * @param firstStep of the quantiser
     * @param otherStep of the quantiser
     * @param target gets 16 coefficients, which are 0
     * @param at of the first
     * @return whether there is any
     */
    static boolean read(
            Vp8Bits bits,
            int[][][] tokens,
            int context,
            int first,
            int firstStep,
            int otherStep,
            int[] target,
            int at) {
        int[] p = tokens[BAND[first]][context];
        int n = first;
        while (n < BLOCK && bits.flag(p[0])) {
            while (!bits.flag(p[1])) {
                if (++n == BLOCK) {
                    return true;
                }
                p = tokens[BAND[n]][0];
            }
            int value = 1;
            int next = 1;
            if (bits.flag(p[2])) {
                value = magnitude(bits, p);
                next = 2;
            }
            target[at + ZIGZAG[n]] =
                    (bits.flag() ? -value : value) * (n > 0 ? otherStep : firstStep);
            if (++n < BLOCK) {
                p = tokens[BAND[n]][next];
            }
        }
        return n > first;
    }

    private static int magnitude(Vp8Bits bits, int[] p) {
        if (!bits.flag(p[3])) {
            if (!bits.flag(p[4])) {
                return 2;
            }
            return bits.flag(p[5]) ? 4 : 3;
        }
        if (!bits.flag(p[6])) {
            if (!bits.flag(p[7])) {
                return bits.flag(159) ? 6 : 5;
            }
            int high = bits.flag(165) ? 2 : 0;
            return 7 + high + (bits.flag(145) ? 1 : 0);
        }
        int size = bits.flag(p[8]) ? 2 : 0;
        size += bits.flag(p[9 + size / 2]) ? 1 : 0;
        int rest = 0;
        for (int probability : LARGE[size]) {
            rest = rest << 1 | (bits.flag(probability) ? 1 : 0);
        }
        return 3 + (8 << size) + rest;
    }

    /** Transforms the first coefficients of 16 blocks (section 14.3), and hands them out. */
    static void means(int[] in, int[] blocks) {
        int[] half = new int[BLOCK];
        for (int i = 0; i < 4; i++) {
            int a = in[i] + in[12 + i];
            int b = in[4 + i] + in[8 + i];
            int c = in[4 + i] - in[8 + i];
            int d = in[i] - in[12 + i];
            half[i] = a + b;
            half[4 + i] = d + c;
            half[8 + i] = a - b;
            half[12 + i] = d - c;
        }
        for (int i = 0; i < 4; i++) {
            int rounded = half[4 * i] + 3;
            int a = rounded + half[4 * i + 3];
            int b = half[4 * i + 1] + half[4 * i + 2];
            int c = half[4 * i + 1] - half[4 * i + 2];
            int d = rounded - half[4 * i + 3];
            blocks[BLOCK * 4 * i] = a + b >> 3;
            blocks[BLOCK * (4 * i + 1)] = d + c >> 3;
            blocks[BLOCK * (4 * i + 2)] = a - b >> 3;
            blocks[BLOCK * (4 * i + 3)] = d - c >> 3;
        }
    }

    /**
     * Transforms a block (section 14.4) and adds it to what is predicted.
     *
     * @param in 16 coefficients from a place on
     * @param at the place
     * @param plane where the prediction is
     * @param x of the block's left edge
     * @param y of its upper edge
     */
    static void add(int[] in, int at, Vp8Plane plane, int x, int y) {
        int[] half = new int[BLOCK];
        for (int i = 0; i < 4; i++) {
            int a = in[at + i] + in[at + 8 + i];
            int b = in[at + i] - in[at + 8 + i];
            int c = sine(in[at + 4 + i]) - cosine(in[at + 12 + i]);
            int d = cosine(in[at + 4 + i]) + sine(in[at + 12 + i]);
            half[4 * i] = a + d;
            half[4 * i + 1] = b + c;
            half[4 * i + 2] = b - c;
            half[4 * i + 3] = a - d;
        }
        for (int i = 0; i < 4; i++) {
            int rounded = half[i] + 4;
            int a = rounded + half[8 + i];
            int b = rounded - half[8 + i];
            int c = sine(half[4 + i]) - cosine(half[12 + i]);
            int d = cosine(half[4 + i]) + sine(half[12 + i]);
            int place = plane.at(x, y + i);
            plane.set(place, plane.get(place) + (a + d >> 3));
            plane.set(place + 1, plane.get(place + 1) + (b + c >> 3));
            plane.set(place + 2, plane.get(place + 2) + (b - c >> 3));
            plane.set(place + 3, plane.get(place + 3) + (a - d >> 3));
        }
    }

    /** √2 · cos(π / 8), in 65536ths. */
    private static int cosine(int value) {
        return (value * 20091 >> 16) + value;
    }

    /** √2 · sin(π / 8), in 65536ths. */
    private static int sine(int value) {
        return value * 35468 >> 16;
    }
}
