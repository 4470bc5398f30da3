package io.zigma.emoji;

import java.awt.image.BufferedImage;

/**
 * Puts one drawing into pictures: every pixel is the mean of the part of the drawing that it
 * covers, over the background. A drawing is never moved so far that something of it is cut off.
 */
final class Composer {

    private static final int REFERENCE_SIDE = 64;
    private static final int STEPS_A_PIXEL = 4;
    private static final int OPAQUE = 255;

    private final int size;
    private final int side;

    /** Red, green and blue times alpha, and alpha, from 0 to 255; row by row. */
    private final float[][] planes;

    /** The first and the last column and row that something is drawn on. */
    private final int left;

    private final int right;
    private final int top;
    private final int bottom;

    /**
     * Prepares a drawing.
     *
     * @param drawing larger than the pictures
     * @param size pixels of the pictures' sides
     */
    Composer(Drawing drawing, int size) {
        this.size = size;
        this.side = drawing.side();
        int[] argb = drawing.argb();
        planes = new float[4][argb.length];
        int minX = side;
        int maxX = -1;
        int minY = side;
        int maxY = -1;
        for (int i = 0; i < argb.length; i++) {
            float alpha = argb[i] >>> 24;
            planes[0][i] = (argb[i] >> 16 & 0xff) * alpha / OPAQUE;
            planes[1][i] = (argb[i] >> 8 & 0xff) * alpha / OPAQUE;
            planes[2][i] = (argb[i] & 0xff) * alpha / OPAQUE;
            planes[3][i] = alpha;
            if (alpha > 0) {
                minX = Math.min(minX, i % side);
                maxX = Math.max(maxX, i % side);
                minY = Math.min(minY, i / side);
                maxY = Math.max(maxY, i / side);
            }
        }
        left = minX;
        right = maxX;
        top = minY;
        bottom = maxY;
    }

    /**
     * Makes a picture.
     *
     * @param jitter where and how large the drawing is
     * @param background red, green and blue of eight bits each
     * @return size × size pixels
     */
    BufferedImage picture(Jitter jitter, int background) {
        double scale = jitter.percent() / 100.0;
        Axis across =
                Axis.of(
                        size,
                        side,
                        scale,
                        shift(jitter.right()),
                        jitter.mirrored() ? side - 1 - right : left,
                        jitter.mirrored() ? side - 1 - left : right,
                        jitter.mirrored());
        Axis down = Axis.of(size, side, scale, shift(jitter.down()), top, bottom, false);
        int[] rgb = new int[size * size];
        float[][] reduced = new float[4][];
        for (int plane = 0; plane < 4; plane++) {
            reduced[plane] = down.ofColumns(across.ofRows(planes[plane], side), size);
        }
        for (int i = 0; i < rgb.length; i++) {
            float through = OPAQUE - reduced[3][i];
            for (int plane = 0; plane < 3; plane++) {
                float behind = background >> 16 - 8 * plane & 0xff;
                int mixed = Math.round(reduced[plane][i] + behind * through / OPAQUE);
                rgb[i] = rgb[i] << 8 | Math.max(0, Math.min(OPAQUE, mixed));
            }
        }
        BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, size, size, rgb, 0, size);
        return image;
    }

    /** Returns a shift in pixels of the picture. */
    private double shift(int quarters) {
        return (double) quarters / STEPS_A_PIXEL * size / REFERENCE_SIDE;
    }

    /**
     * Which part of the drawing each pixel of one axis covers.
     *
     * @param from first place of the drawing that a pixel covers
     * @param weights of that place and those after it; they add up to at most 1
     */
    private record Axis(int[] from, float[][] weights) {

        static Axis of(
                int size,
                int side,
                double scale,
                double shift,
                int first,
                int last,
                boolean mirrored) {
            double perPixel = side / (size * scale);
            // the place of the drawing's first edge within the picture
            double start = (size - size * scale) / 2 + shift;
            double low = start + first / perPixel;
            double high = start + (last + 1) / perPixel;
            if (low < 0) {
                start -= low;
            } else if (high > size) {
                start -= high - size;
            }
            int[] from = new int[size];
            float[][] weights = new float[size][];
            for (int i = 0; i < size; i++) {
                double a = Math.max(0, Math.min(side, (i - start) * perPixel));
                double b = Math.max(0, Math.min(side, (i + 1 - start) * perPixel));
                int begin = (int) Math.floor(a);
                int end = Math.max(begin, (int) Math.ceil(b));
                float[] part = new float[end - begin];
                for (int j = begin; j < end; j++) {
                    part[j - begin] = (float) ((Math.min(b, j + 1) - Math.max(a, j)) / perPixel);
                }
                from[i] = begin;
                weights[i] = part;
            }
            return mirrored ? new Axis(from, weights).mirrored(side) : new Axis(from, weights);
        }

        private Axis mirrored(int side) {
            int[] flipped = new int[from.length];
            float[][] reversed = new float[from.length][];
            for (int i = 0; i < from.length; i++) {
                flipped[i] = side - from[i] - weights[i].length;
                reversed[i] = new float[weights[i].length];
                for (int j = 0; j < weights[i].length; j++) {
                    reversed[i][j] = weights[i][weights[i].length - 1 - j];
                }
            }
            return new Axis(flipped, reversed);
        }

        /** Reduces each of side rows of side numbers; gives side rows. */
        float[] ofRows(float[] plane, int side) {
            float[] reduced = new float[side * from.length];
            for (int y = 0; y < side; y++) {
                for (int i = 0; i < from.length; i++) {
                    float sum = 0;
                    for (int j = 0; j < weights[i].length; j++) {
                        sum += weights[i][j] * plane[y * side + from[i] + j];
                    }
                    reduced[y * from.length + i] = sum;
                }
            }
            return reduced;
        }

        /** Reduces each of {@code columns} columns; gives a row for each pixel. */
        float[] ofColumns(float[] plane, int columns) {
            float[] reduced = new float[from.length * columns];
            for (int i = 0; i < from.length; i++) {
                for (int j = 0; j < weights[i].length; j++) {
                    int row = (from[i] + j) * columns;
                    for (int x = 0; x < columns; x++) {
                        reduced[i * columns + x] += weights[i][j] * plane[row + x];
                    }
                }
            }
            return reduced;
        }
    }
}
