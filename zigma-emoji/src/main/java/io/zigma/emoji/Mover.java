package io.zigma.emoji;

import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * Puts one drawing into the frames of clips, at any size, place and angle: every pixel is the mean
 * of {@value #SAMPLES} × {@value #SAMPLES} points of the drawing, over the background.
 */
final class Mover {

    private static final int SAMPLES = 4;
    private static final int OPAQUE = 255;
    private static final int PLANES = 4;

    private final int size;
    private final int side;

    /** Red, green and blue times alpha, and alpha, from 0 to 255, of each point; row by row. */
    private final float[] points;

    /**
     * Prepares a drawing.
     *
     * @param drawing larger than the pictures
     * @param size pixels of the pictures' sides
     */
    Mover(Drawing drawing, int size) {
        this.size = size;
        this.side = drawing.side();
        int[] argb = drawing.argb();
        points = new float[PLANES * argb.length];
        for (int i = 0; i < argb.length; i++) {
            float alpha = argb[i] >>> 24;
            for (int plane = 0; plane < 3; plane++) {
                points[PLANES * i + plane] = (argb[i] >> 16 - 8 * plane & 0xff) * alpha / OPAQUE;
            }
            points[PLANES * i + 3] = alpha;
        }
    }

    /**
     * Makes a frame.
     *
     * @param pose where the drawing is
     * @param mirrored true for left and right of the drawing exchanged
     * @param background red, green and blue of eight bits each
     * @return size × size pixels
     */
    BufferedImage frame(Pose pose, boolean mirrored, int background) {
        double cos = StrictMath.cos(pose.turn()) / pose.scale();
        double sin = StrictMath.sin(pose.turn()) / pose.scale();
        BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
        float[] sum = new float[PLANES];
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                Arrays.fill(sum, 0);
                for (int i = 0; i < SAMPLES * SAMPLES; i++) {
                    double right = (x + (i % SAMPLES + 0.5) / SAMPLES) / size - 0.5 - pose.right();
                    double down = (y + (i / SAMPLES + 0.5) / SAMPLES) / size - 0.5 - pose.down();
                    double column = cos * right + sin * down;
                    double row = cos * down - sin * right;
                    add(sum, ((mirrored ? -column : column) + 0.5) * side, (row + 0.5) * side);
                }
                image.setRGB(x, y, over(sum, background));
            }
        }
        return image;
    }

    /** Adds the drawing at a place, between its points as it is in proportion. */
    private void add(float[] sum, double column, double row) {
        double x = column - 0.5;
        double y = row - 0.5;
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        float right = (float) (x - left);
        float down = (float) (y - top);
        add(sum, left, top, (1 - right) * (1 - down));
        add(sum, left + 1, top, right * (1 - down));
        add(sum, left, top + 1, (1 - right) * down);
        add(sum, left + 1, top + 1, right * down);
    }

    private void add(float[] sum, int x, int y, float weight) {
        if (x < 0 || y < 0 || x >= side || y >= side) {
            return;
        }
        int at = PLANES * (y * side + x);
        for (int plane = 0; plane < PLANES; plane++) {
            sum[plane] += weight * points[at + plane];
        }
    }

    private static int over(float[] sum, int background) {
        float through = 1 - sum[3] / (SAMPLES * SAMPLES * OPAQUE);
        int rgb = 0;
        for (int plane = 0; plane < 3; plane++) {
            float behind = background >> 16 - 8 * plane & 0xff;
            int mixed = Math.round(sum[plane] / (SAMPLES * SAMPLES) + behind * through);
            rgb = rgb << 8 | Math.max(0, Math.min(OPAQUE, mixed));
        }
        return rgb;
    }
}
