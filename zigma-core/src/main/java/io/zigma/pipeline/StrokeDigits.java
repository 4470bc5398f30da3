package io.zigma.pipeline;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;

/**
 * Numbers drawn as strokes of seven segments, the same on every machine: a small container has no
 * fonts.
 */
final class StrokeDigits {

    /** Ends of the segments on a lattice of 2 columns and 3 rows: x, y, x, y. */
    private static final double[][] SEGMENTS = {
        {0, 0, 1, 0}, // top
        {1, 0, 1, 1}, // top right
        {1, 1, 1, 2}, // bottom right
        {0, 2, 1, 2}, // bottom
        {0, 1, 0, 2}, // bottom left
        {0, 0, 0, 1}, // top left
        {0, 1, 1, 1} // middle
    };

    /** Which segments each digit has, one bit each in the order above. */
    private static final int[] DIGITS = {
        0b0111111, 0b0000110, 0b1011011, 0b1001111, 0b1100110, 0b1101101, 0b1111101, 0b0000111,
        0b1111111, 0b1101111
    };

    private StrokeDigits() {}

    /**
     * Draws a number.
     *
     * @param pen what to draw with; its transform is not changed
     * @param number at least 0
     * @param top where the digits begin below the pen's origin
     * @param width of a digit in pixels
     * @param height of a digit in pixels
     * @param colour of the strokes
     */
    static void draw(
            Graphics2D pen, int number, double top, double width, double height, Color colour) {
        pen.setColor(colour);
        pen.setStroke(
                new BasicStroke(
                        (float) (height / 7), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        double left = height / 14;
        for (char digit : Integer.toString(number).toCharArray()) {
            int segments = DIGITS[digit - '0'];
            for (int i = 0; i < SEGMENTS.length; i++) {
                if ((segments >> i & 1) != 0) {
                    double[] ends = SEGMENTS[i];
                    pen.draw(
                            new Line2D.Double(
                                    left + ends[0] * width,
                                    top + ends[1] * height / 2,
                                    left + ends[2] * width,
                                    top + ends[3] * height / 2));
                }
            }
            left += width * 1.8;
        }
    }
}
