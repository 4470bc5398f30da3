package io.zigma.media;

import java.io.ByteArrayOutputStream;

/** Bits of a file in which the lowest bit of a number, and of a byte, comes first. */
final class LowBits {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long waiting;
    private int count;

    /**
     * Writes a number.
     *
     * @param value its lowest bits are written
     * @param bits how many, 0 to 32
     */
    void put(int value, int bits) {
        waiting |= (value & (1L << bits) - 1) << count;
        for (count += bits; count >= Byte.SIZE; count -= Byte.SIZE) {
            bytes.write((int) waiting);
            waiting >>>= Byte.SIZE;
        }
    }

    /** Returns all bits, the last byte filled up with zeros. */
    byte[] toByteArray() {
        put(0, -count & Byte.SIZE - 1);
        return bytes.toByteArray();
    }
}
