package io.zigma.media;

import java.awt.image.BufferedImage;

/** Finds what differs between two frames of one size. */
final class ChangedArea {

    private ChangedArea() {}

    /** Returns the smallest rectangle with all differences; a pixel where there is none. */
    static Canvas.Area between(BufferedImage before, BufferedImage after) {
        return between(
                RgbFrames.pixels(before),
                RgbFrames.pixels(after),
                after.getWidth(),
                after.getHeight());
    }

    /** Returns the smallest rectangle with all differences; a pixel where there is none. */
    static Canvas.Area between(int[] before, int[] after, int width, int height) {
        int left = width;
        int right = -1;
        int top = height;
        int bottom = -1;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                if (before[y * width + x] != after[y * width + x]) {
                    left = Math.min(left, x);
                    right = Math.max(right, x);
                    top = Math.min(top, y);
                    bottom = y;
                }
            }
        }
        return right < 0
                ? new Canvas.Area(0, 0, 1, 1)
                : new Canvas.Area(left, top, right - left + 1, bottom - top + 1);
    }
}
