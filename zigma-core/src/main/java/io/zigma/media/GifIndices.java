package io.zigma.media;

import java.io.IOException;
import javax.imageio.stream.ImageInputStream;

/**
 * Unpacks a frame's colour indices: variable-length-code LZW (GIF89a specification, appendix F).
 */
final class GifIndices {

    /** First row and step of each pass of an interlaced frame (appendix E). */
    static final int[][] PASSES = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};

    /** The same of a frame that is stored from top to bottom. */
    static final int[][] STRAIGHT = {{0, 1}};

    private static final int MAX_BITS = 12;
    private static final int MAX_CODES = 1 << MAX_BITS;

    private final ImageInputStream in;
    private final byte[] block = new byte[255];
    private int blockSize;
    private int blockAt;
    private int bits;
    private int bitCount;

    /** Reads from where the smallest code size stands. */
    GifIndices(ImageInputStream in) {
        this.in = in;
    }

    /**
     * Reads a whole frame and the end of its blocks.
     *
     * @param count how many indices it has
     * @throws MediaException if it has fewer, or codes that mean nothing
     */
    byte[] read(int count) throws IOException {
        int minimum = in.readUnsignedByte();
        if (minimum < 1 || minimum > 8) {
            throw new MediaException("damaged (codes of %s bits)".formatted(minimum));
        }
        byte[] out = new byte[count];
        int clear = 1 << minimum;
        int end = clear + 1;
        // a code is a shorter code and an index behind it
        int[] shorter = new int[MAX_CODES];
        byte[] last = new byte[MAX_CODES];
        byte[] first = new byte[MAX_CODES];
        int[] length = new int[MAX_CODES];
        for (int i = 0; i < clear; i++) {
            last[i] = (byte) i;
            first[i] = (byte) i;
            length[i] = 1;
        }
        int next = end + 1;
        int size = minimum + 1;
        int before = -1;
        int at = 0;
        while (at < count) {
            int code = code(size);
            if (code == clear) {
                next = end + 1;
                size = minimum + 1;
                before = -1;
                continue;
            }
            if (code < 0 || code == end) {
                throw new MediaException("damaged (a frame ends early)");
            }
            if (code > next || code >= clear && before < 0 || code == next && next == MAX_CODES) {
                throw new MediaException("damaged (a code that means nothing)");
            }
            if (before >= 0 && next < MAX_CODES) {
                shorter[next] = before;
                first[next] = first[before];
                last[next] = code == next ? first[before] : first[code];
                length[next] = length[before] + 1;
                next++;
                // a full table stays as it is until it is cleared
                if (next == 1 << size && size < MAX_BITS) {
                    size++;
                }
            }
            int until = at + length[code];
            int from = code;
            for (int i = until - 1; i >= at; i--) {
                if (i < count) {
                    out[i] = last[from];
                }
                from = shorter[from];
            }
            at = until;
            before = code;
        }
        skipRest();
        return out;
    }

    private int code(int size) throws IOException {
        while (bitCount < size) {
            if (blockAt == blockSize) {
                blockSize = in.readUnsignedByte();
                blockAt = 0;
                if (blockSize == 0) {
                    return -1;
                }
                in.readFully(block, 0, blockSize);
            }
            bits |= (block[blockAt++] & 0xff) << bitCount;
            bitCount += 8;
        }
        int code = bits & (1 << size) - 1;
        bits >>>= size;
        bitCount -= size;
        return code;
    }

    private void skipRest() throws IOException {
        for (int size = in.readUnsignedByte(); size > 0; size = in.readUnsignedByte()) {
            in.readFully(block, 0, size);
        }
    }
}
