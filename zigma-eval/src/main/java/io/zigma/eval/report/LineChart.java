package io.zigma.eval.report;

import java.util.List;
import java.util.OptionalDouble;

/** A figure over training or over a setting, with its spread and what real pictures get. */
final class LineChart {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 260;
    private static final int LEFT = 72;
    private static final int RIGHT = 616;
    private static final int TOP = 12;
    private static final int BOTTOM = 214;

    private LineChart() {}

    /**
     * A point of the curve.
     *
     * @param x where
     * @param y how much
     * @param spread how far up and down it may as well be, 0 for unknown
     */
    record Point(double x, double y, double spread) {}

    /**
     * Draws the curve.
     *
     * @param description what is shown
     * @param axis what x is
     * @param points by ascending x, at least one
     * @param floor what real pictures get, if that is known
     * @return the drawing
     */
    static String of(String description, String axis, List<Point> points, OptionalDouble floor) {
        double low = floor.orElse(Double.POSITIVE_INFINITY);
        double high = floor.orElse(Double.NEGATIVE_INFINITY);
        for (Point point : points) {
            low = Math.min(low, point.y() - point.spread());
            high = Math.max(high, point.y() + point.spread());
        }
        Scale up = Scale.around(Math.min(0, low), high, BOTTOM, TOP);
        Scale across =
                Scale.around(points.get(0).x(), points.get(points.size() - 1).x(), LEFT, RIGHT);
        Svg svg = new Svg(WIDTH, HEIGHT, description);
        for (double tick : up.ticks()) {
            svg.line("grid", LEFT, up.at(tick), RIGHT, up.at(tick));
            svg.text(Svg.Anchor.END, LEFT - 6, up.at(tick) + 4, up.text(tick));
        }
        for (double tick : across.ticks()) {
            svg.text(Svg.Anchor.MIDDLE, across.at(tick), BOTTOM + 18, across.text(tick));
        }
        svg.text(Svg.Anchor.MIDDLE, (LEFT + RIGHT) / 2.0, BOTTOM + 38, axis);
        floor.ifPresent(real -> svg.line("outline second", LEFT, up.at(real), RIGHT, up.at(real)));
        double[] curve = new double[2 * points.size()];
        for (int i = 0; i < points.size(); i++) {
            Point point = points.get(i);
            double x = across.at(point.x());
            curve[2 * i] = x;
            curve[2 * i + 1] = up.at(point.y());
            svg.line(
                    "spread",
                    x,
                    up.at(point.y() - point.spread()),
                    x,
                    up.at(point.y() + point.spread()));
            svg.dot("point", x, up.at(point.y()));
        }
        svg.path("outline first", curve);
        return svg.end();
    }
}
