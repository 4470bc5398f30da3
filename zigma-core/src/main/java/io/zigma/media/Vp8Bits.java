package io.zigma.media;

/** The arithmetic decoder of VP8: decisions of known probability (RFC 6386, section 7). */
final class Vp8Bits {

    /** A stream may be asked for some bytes more than it has, which count as zeros. */
    private static final int MOST_BEYOND = 16;

    private final byte[] bytes;
    private final int end;
    private int at;
    private int value;
    private int range = 255;
    private int shifted;

    /**
     * Begins a partition.
     *
     * @param bytes of the whole file
     * @param from where it begins
     * @param end where it ends
     */
    Vp8Bits(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.end = end;
        at = from;
        value = next() << Byte.SIZE | next();
    }

    private int next() {
        int place = at++;
        return place < end ? bytes[place] & 0xff : 0;
    }

    /** Returns whether so much was read that the file must be cut off. */
    boolean isBeyondItsEnd() {
        return at > end + MOST_BEYOND;
    }

    /** Reads a decision; it is false with a probability of so many 256ths. */
    boolean flag(int probability) {
        int split = 1 + ((range - 1) * probability >> Byte.SIZE);
        int large = split << Byte.SIZE;
        boolean set = value >= large;
        if (set) {
            range -= split;
            value -= large;
        } else {
            range = split;
        }
        while (range < 128) {
            value <<= 1;
            range <<= 1;
            if (++shifted == Byte.SIZE) {
                shifted = 0;
                value |= next();
            }
        }
        return set;
    }

    /** Reads a bit. */
    boolean flag() {
        return flag(128);
    }

    /** Reads a number, its highest bit first. */
    int number(int bits) {
        int number = 0;
        for (int i = 0; i < bits; i++) {
            number = number << 1 | (flag() ? 1 : 0);
        }
        return number;
    }

    /** Reads a number and its sign. */
    int signed(int bits) {
        int number = number(bits);
        return flag() ? -number : number;
    }

    /** Reads a number that may not be there, and then is 0. */
    int optional(int bits) {
        return flag() ? signed(bits) : 0;
    }

    /**
     * Reads one of several values.
     *
     * @param tree pairs of branches: above 0 where the next pair is, else the negated value
     * @param probabilities of the pairs' first branches
     */
    int choice(int[] tree, int[] probabilities) {
        int place = 0;
        do {
            place = tree[place + (flag(probabilities[place >> 1]) ? 1 : 0)];
        } while (place > 0);
        return -place;
    }
}
