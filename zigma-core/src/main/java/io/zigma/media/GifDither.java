package io.zigma.media;

import java.util.ArrayList;
import java.util.List;

/**
 * Gives the pixels of a clip indices into a palette. Where colours are missing the error goes to
 * the pixels beside and below (Floyd and Steinberg 1976), in rows from left to right and back; a
 * pixel whose colour is that of the frame before retains its index, so that what does not move is
 * still.
 */
final class GifDither {

    private final int[] colours;
    private final NearestColour nearest;
    private final boolean exact;
    private final int width;
    private final int height;

    GifDither(GifPalette palette, int width, int height) {
        this.colours = palette.colours();
        this.nearest = new NearestColour(colours);
        this.exact = palette.exact();
        this.width = width;
        this.height = height;
    }

    /**
     * Gives all frames their indices.
     *
     * @param frames pixels as 0xRRGGBB
     * @return an index a pixel
     */
    List<int[]> indices(List<int[]> frames) {
        List<int[]> all = new ArrayList<>();
        for (int i = 0; i < frames.size(); i++) {
            int[] frame = frames.get(i);
            all.add(
                    i == 0
                            ? indices(frame, new int[0], new int[0])
                            : indices(frame, frames.get(i - 1), all.get(i - 1)));
        }
        return all;
    }

    private int[] indices(int[] frame, int[] before, int[] indicesBefore) {
        int[] indices = new int[frame.length];
        // a cell on either side takes what goes over the edges
        float[][] below = new float[3][width + 2];
        for (int y = 0; y < height; y++) {
            float[][] here = below;
            below = new float[3][width + 2];
            boolean back = y % 2 == 1;
            int step = back ? -1 : 1;
            for (int x = back ? width - 1 : 0; x >= 0 && x < width; x += step) {
                int at = y * width + x;
                if (before.length > 0 && before[at] == frame[at]) {
                    indices[at] = indicesBefore[at];
                    continue;
                }
                int red = level(frame[at] >> 16 & 0xff, here[0][x + 1]);
                int green = level(frame[at] >> 8 & 0xff, here[1][x + 1]);
                int blue = level(frame[at] & 0xff, here[2][x + 1]);
                int index = nearest.of(red, green, blue);
                indices[at] = index;
                if (!exact) {
                    spread(red - (colours[index] >> 16 & 0xff), here[0], below[0], x + 1, step);
                    spread(green - (colours[index] >> 8 & 0xff), here[1], below[1], x + 1, step);
                    spread(blue - (colours[index] & 0xff), here[2], below[2], x + 1, step);
                }
            }
        }
        return indices;
    }

    private static int level(int level, float error) {
        return Math.max(0, Math.min(255, Math.round(level + error)));
    }

    private static void spread(int error, float[] here, float[] below, int x, int step) {
        here[x + step] += error * 7 / 16f;
        below[x - step] += error * 3 / 16f;
        below[x] += error * 5 / 16f;
        below[x + step] += error / 16f;
    }
}
