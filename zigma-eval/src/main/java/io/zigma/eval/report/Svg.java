package io.zigma.eval.report;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Locale;

/** A drawing in a page; its colours are those of the page's style classes, light or dark. */
final class Svg {

    private final StringBuilder markup = new StringBuilder();

    /**
     * Starts a drawing.
     *
     * @param width units across, a pixel each on a wide screen
     * @param height units down
     * @param description for those who cannot see it
     */
    Svg(int width, int height, String description) {
        markup.append(
                String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" style=\"max-width:%dpx\" role=\"img\" aria-label=\"%s\">\n",
                        width,
                        height,
                        width,
                        Html.text(description)));
    }

    /** The anchor of a text. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    @CanIgnoreReturnValue
    Svg line(String style, double x1, double y1, double x2, double y2) {
        markup.append(
                format(
                        "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
                        style, x1, y1, x2, y2));
        return this;
    }

    @CanIgnoreReturnValue
    Svg rectangle(String style, double x, double y, double width, double height) {
        markup.append(
                format(
                        "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
                        style, x, y, width, height));
        return this;
    }

    @CanIgnoreReturnValue
    Svg dot(String style, double x, double y) {
        markup.append(
                format("<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>\n", style, x, y));
        return this;
    }

    /** Draws a line through points, given as x and y alternately. */
    @CanIgnoreReturnValue
    Svg path(String style, double[] points) {
        markup.append("<polyline class=\"").append(style).append("\" points=\"");
        for (int i = 0; i < points.length; i += 2) {
            markup.append(format(i == 0 ? "%.1f,%.1f" : " %.1f,%.1f", points[i], points[i + 1]));
        }
        markup.append("\"/>\n");
        return this;
    }

    @CanIgnoreReturnValue
    Svg text(Anchor anchor, double x, double y, String text) {
        markup.append(
                format(
                        "<text text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
                        anchor.name().toLowerCase(Locale.ROOT), x, y, Html.text(text)));
        return this;
    }

    /** Ends the drawing and returns it. */
    String end() {
        return markup.append("</svg>\n").toString();
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
