package io.zigma.media;

import org.jcodec.common.model.Picture;
import org.jcodec.common.model.Rect;

/**
 * A decoded frame of video, half as many colour differences as pixels in both directions. They are
 * interpolated: across they stand at every other pixel, down between two (H.264, figure 6-1).
 */
final class YuvSamples extends RgbSamples {

    private static final int OFFSET = 128;

    private final Picture picture;
    private final YuvColours colours;
    private final int left;
    private final int top;
    private final int width;
    private final int height;

    /**
     * Wraps a frame.
     *
     * @param picture levels less 128 in three planes
     * @param colours what they mean
     * @param width pixels that the file says are shown; 0 where it does not
     * @param height the same down
     */
    YuvSamples(Picture picture, YuvColours colours, int width, int height) {
        this.picture = picture;
        this.colours = colours;
        Rect crop = picture.getCrop();
        this.left = crop == null ? 0 : crop.getX();
        this.top = crop == null ? 0 : crop.getY();
        int columns = crop == null ? picture.getWidth() : crop.getWidth();
        int rows = crop == null ? picture.getHeight() : crop.getHeight();
        // a stream can leave out pairs of pixels only; odd sizes are in the file
        this.width = width == columns - 1 ? width : columns;
        this.height = height == rows - 1 ? height : rows;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public void line(boolean column, int number, float[] planes, float[] alpha) {
        int n = column ? height : width;
        byte[] brightness = picture.getPlaneData(0);
        for (int i = 0; i < n; i++) {
            int x = left + (column ? number : i);
            int y = top + (column ? i : number);
            float light = brightness[y * picture.getWidth() + x] + OFFSET;
            colours.toRgb(light, difference(1, x, y), difference(2, x, y), planes, i, n);
            alpha[i] = 1;
        }
    }

    /**
     * Returns brightness and both differences, whole pairs of pixels, as other programs have them.
     */
    byte[] planes() {
        int columns = (width + 1) / 2;
        int rows = (height + 1) / 2;
        byte[] planes = new byte[6 * columns * rows];
        int at = 0;
        for (int plane = 0; plane < 3; plane++) {
            int scale = plane == 0 ? 1 : 2;
            byte[] levels = picture.getPlaneData(plane);
            for (int y = 0; y < 2 * rows / scale; y++) {
                for (int x = 0; x < 2 * columns / scale; x++) {
                    int from = (top / scale + y) * (picture.getWidth() / scale) + left / scale + x;
                    planes[at++] = (byte) (levels[from] + OFFSET);
                }
            }
        }
        return planes;
    }

    private float difference(int plane, int x, int y) {
        byte[] levels = picture.getPlaneData(plane);
        int columns = picture.getWidth() / 2;
        int rows = picture.getHeight() / 2;
        int column = x / 2;
        int next = Math.min(column + x % 2, columns - 1);
        int row = y / 2;
        int other = Math.max(0, Math.min(rows - 1, y % 2 == 0 ? row - 1 : row + 1));
        float near = levels[row * columns + column] + levels[row * columns + next];
        float far = levels[other * columns + column] + levels[other * columns + next];
        return (3 * near + far) / 8 + OFFSET;
    }
}
