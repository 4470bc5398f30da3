package io.zigma.media;

import java.util.Arrays;

/**
 * The screen of an animation, on which partial frames are drawn: 8 bits of opacity, red, green and
 * blue a pixel, colours not multiplied with opacity. It is clear at first.
 */
final class Canvas extends RgbSamples {

    private static final float OPAQUE = 255;

    private final int width;
    private final int height;
    private final int[] pixels;

    Canvas(int width, int height) {
        this.width = width;
        this.height = height;
        this.pixels = new int[width * height];
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int height() {
        return height;
    }

    /** Returns all pixels, row by row, not a copy. */
    int[] pixels() {
        return pixels;
    }

    /** Returns a copy of all pixels. */
    int[] copy() {
        return pixels.clone();
    }

    /** Brings back pixels that were copied. */
    void restore(int[] copy) {
        System.arraycopy(copy, 0, pixels, 0, pixels.length);
    }

    /** Returns whether a rectangle lies on the canvas. */
    boolean holds(Area area) {
        return area.left() >= 0
                && area.top() >= 0
                && (long) area.left() + area.width() <= width
                && (long) area.top() + area.height() <= height;
    }

    /** Makes a rectangle clear, as far as it is on the canvas. */
    void clear(Area area) {
        int from = Math.min(area.left(), width);
        int to = (int) Math.min((long) area.left() + area.width(), width);
        int end = (int) Math.min((long) area.top() + area.height(), height);
        for (int y = area.top(); y < end; y++) {
            Arrays.fill(pixels, y * width + from, y * width + to, 0);
        }
    }

    /** Puts a frame in place of what is there, as far as it is on the canvas. */
    void replace(int[] frame, Area area) {
        int columns = (int) Math.min(area.width(), (long) width - area.left());
        for (int y = 0; y < area.height() && area.top() + y < height && columns > 0; y++) {
            System.arraycopy(
                    frame,
                    y * area.width(),
                    pixels,
                    (area.top() + y) * width + area.left(),
                    columns);
        }
    }

    /** Puts a frame over what is there, as far as it is on the canvas. */
    void over(int[] frame, Area area) {
        int columns = (int) Math.min(area.width(), (long) width - area.left());
        for (int y = 0; y < area.height() && area.top() + y < height; y++) {
            int to = (area.top() + y) * width + area.left();
            for (int x = 0; x < columns; x++) {
                int source = frame[y * area.width() + x];
                int opacity = source >>> 24;
                if (opacity == 255) {
                    pixels[to + x] = source;
                } else if (opacity > 0) {
                    pixels[to + x] = blended(source, pixels[to + x]);
                }
            }
        }
    }

    /**
     * The operator "over" with colours that are not multiplied with opacity (PNG, section 13.16).
     */
    private static int blended(int source, int below) {
        int over = source >>> 24;
        int under = (below >>> 24) * (255 - over); // times 255
        int sum = over * 255 + under; // times 255, more than 0
        int result = ((sum + 127) / 255) << 24;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int colour = (source >> shift & 0xff) * over * 255 + (below >> shift & 0xff) * under;
            result |= ((colour + sum / 2) / sum) << shift;
        }
        return result;
    }

    @Override
    public void line(boolean column, int number, float[] planes, float[] alpha) {
        int n = column ? height : width;
        int at = column ? number : number * width;
        int step = column ? width : 1;
        for (int i = 0; i < n; i++, at += step) {
            put(pixels[at], i, n, planes, alpha);
        }
    }

    /** Converts samples of any kind to the pixels of a canvas. */
    static int[] argb(StoredSamples samples) {
        int width = samples.width();
        int[] argb = new int[width * samples.height()];
        float[] planes = new float[4 * width];
        float[] alpha = new float[width];
        for (int y = 0; y < samples.height(); y++) {
            samples.line(false, y, planes, alpha);
            if (samples.colours() == 1) {
                System.arraycopy(planes, 0, planes, width, width);
                System.arraycopy(planes, 0, planes, 2 * width, width);
            }
            for (int x = 0; x < width; x++) {
                argb[y * width + x] =
                        Math.round(alpha[x] * OPAQUE) << 24
                                | Math.round(planes[x]) << 16
                                | Math.round(planes[width + x]) << 8
                                | Math.round(planes[2 * width + x]);
            }
        }
        return argb;
    }

    /**
     * A rectangle of the canvas.
     *
     * @param left of its first column
     * @param top of its first row
     * @param width columns
     * @param height rows
     */
    record Area(int left, int top, int width, int height) {}
}
