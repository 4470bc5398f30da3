package io.zigma.eval.report;

import java.util.Arrays;

/** How two sets of numbers are distributed, one outline over the other. */
final class Histogram {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 260;
    private static final int LEFT = 56;
    private static final int RIGHT = 624;
    private static final int TOP = 12;
    private static final int BOTTOM = 214;
    private static final int BINS = 48;

    private Histogram() {}

    /**
     * Draws both.
     *
     * @param description what is shown
     * @param axis what the numbers are
     * @param first not negative, drawn with the style {@code first}
     * @param second not negative, drawn with the style {@code second}
     * @return the drawing
     */
    static String of(String description, String axis, double[] first, double[] second) {
        double largest = Math.max(Arrays.stream(first).max().orElse(0), 1e-9);
        largest = Math.max(largest, Arrays.stream(second).max().orElse(0));
        double[] fractions = fractions(first, largest);
        double[] others = fractions(second, largest);
        double highest =
                Math.max(
                        Arrays.stream(fractions).max().orElse(0),
                        Arrays.stream(others).max().orElse(0));
        Scale across = new Scale(0, largest, LEFT, RIGHT);
        Scale up = Scale.around(0, 100 * highest, BOTTOM, TOP);
        Svg svg = new Svg(WIDTH, HEIGHT, description);
        for (double tick : up.ticks()) {
            svg.line("grid", LEFT, up.at(tick), RIGHT, up.at(tick));
            svg.text(Svg.Anchor.END, LEFT - 6, up.at(tick) + 4, up.text(tick) + " %");
        }
        for (double tick : across.ticks()) {
            svg.text(Svg.Anchor.MIDDLE, across.at(tick), BOTTOM + 18, across.text(tick));
        }
        svg.text(Svg.Anchor.MIDDLE, (LEFT + RIGHT) / 2.0, BOTTOM + 38, axis);
        svg.path("outline second", outline(others, largest, across, up));
        svg.path("outline first", outline(fractions, largest, across, up));
        return svg.end();
    }

    private static double[] fractions(double[] numbers, double largest) {
        double[] fractions = new double[BINS];
        for (double number : numbers) {
            int bin = (int) Math.min(BINS - 1.0, Math.floor(number / largest * BINS));
            fractions[bin] += 1.0 / numbers.length;
        }
        return fractions;
    }

    private static double[] outline(double[] fractions, double largest, Scale across, Scale up) {
        double[] points = new double[4 * BINS + 4];
        points[0] = across.at(0);
        points[1] = up.at(0);
        for (int bin = 0; bin < BINS; bin++) {
            points[4 * bin + 2] = across.at(largest * bin / BINS);
            points[4 * bin + 3] = up.at(100 * fractions[bin]);
            points[4 * bin + 4] = across.at(largest * (bin + 1) / BINS);
            points[4 * bin + 5] = points[4 * bin + 3];
        }
        points[4 * BINS + 2] = across.at(largest);
        points[4 * BINS + 3] = up.at(0);
        return points;
    }
}
