package io.zigma.media;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Packs a frame's colour indices: variable-length-code LZW (GIF89a specification, appendix F). */
final class GifCodes {

    private static final int MAX_BITS = 12;
    private static final int LARGEST_BLOCK = 255;

    private final ByteArrayOutputStream packed = new ByteArrayOutputStream();
    private int bits;
    private int bitCount;

    private GifCodes() {}

    /**
     * Packs a rectangle.
     *
     * @param indices of the whole frame, row by row
     * @param width of the frame
     * @param area what to pack
     * @param minimum bits of an index, 2 to 8
     * @param out gets the code size, the blocks and the end of them
     */
    static void write(
            int[] indices, int width, Canvas.Area area, int minimum, ByteArrayOutputStream out) {
        byte[] codes = new GifCodes().pack(indices, width, area, minimum);
        out.write(minimum);
        for (int at = 0; at < codes.length; at += LARGEST_BLOCK) {
            int count = Math.min(LARGEST_BLOCK, codes.length - at);
            out.write(count);
            out.write(codes, at, count);
        }
        out.write(0);
    }

    private byte[] pack(int[] indices, int width, Canvas.Area area, int minimum) {
        int clear = 1 << minimum;
        int next = clear + 2;
        int size = minimum + 1;
        // the code of a code with an index behind it, 0 for none: no such code is 0
        short[] longer = new short[1 << MAX_BITS + 8];
        put(clear, size);
        int code = -1;
        for (int y = area.top(); y < area.top() + area.height(); y++) {
            for (int x = area.left(); x < area.left() + area.width(); x++) {
                int index = indices[y * width + x];
                if (code < 0) {
                    code = index;
                    continue;
                }
                int known = longer[code << 8 | index];
                if (known > 0) {
                    code = known;
                    continue;
                }
                put(code, size);
                if (next == 1 << MAX_BITS) {
                    put(clear, size);
                    Arrays.fill(longer, (short) 0);
                    next = clear + 2;
                    size = minimum + 1;
                } else {
                    // the reader is one code behind
                    if (next == 1 << size) {
                        size++;
                    }
                    longer[code << 8 | index] = (short) next++;
                }
                code = index;
            }
        }
        put(code, size);
        put(clear + 1, next == 1 << size && size < MAX_BITS ? size + 1 : size);
        if (bitCount > 0) {
            packed.write(bits);
        }
        return packed.toByteArray();
    }

    private void put(int code, int size) {
        bits |= code << bitCount;
        bitCount += size;
        while (bitCount >= 8) {
            packed.write(bits);
            bits >>>= 8;
            bitCount -= 8;
        }
    }
}
