package io.zigma.media;

import java.util.Arrays;

/**
 * Brightness or a colour difference of a VP8 frame in whole macroblocks, with a row above of 127
 * and a column to the left of 129, which are what blocks at the edges are predicted from (RFC 6386,
 * section 12.2).
 */
final class Vp8Plane {

    private static final int ABOVE = 127;
    private static final int LEFT = 129;

    /** Small blocks look at four pixels to the right of what is above them. */
    private static final int RIGHT = 4;

    final int width;
    final int height;
    final int stride;
    final byte[] levels;

    /**
     * Makes a plane.
     *
     * @param width whole blocks
     * @param height whole blocks
     */
    Vp8Plane(int width, int height) {
        this.width = width;
        this.height = height;
        stride = 1 + width + RIGHT;
        levels = new byte[Math.multiplyExact(stride, height + 1)];
        Arrays.fill(levels, 0, stride, (byte) ABOVE);
        for (int y = 0; y < height; y++) {
            levels[(y + 1) * stride] = (byte) LEFT;
        }
    }

    /** Returns where a pixel is; −1 is above, or to the left. */
    int at(int x, int y) {
        return (y + 1) * stride + x + 1;
    }

    /** Returns a level from 0 to 255. */
    int get(int place) {
        return levels[place] & 0xff;
    }

    /** Sets a level, at most 255 and at least 0. */
    void set(int place, int level) {
        levels[place] = (byte) Math.max(0, Math.min(255, level));
    }
}
