package io.zigma.eval.report;

import java.util.Locale;
import java.util.Map;

/** Fractions side by side, a lying bar each. */
final class BarChart {

    private static final int WIDTH = 640;
    private static final int ROW = 24;
    private static final int LEFT = 150;
    private static final int RIGHT = 580;

    private BarChart() {}

    /**
     * Draws the bars.
     *
     * @param description what is shown
     * @param fractions from 0 to 1 by name, from top to bottom
     * @return the drawing
     */
    static String of(String description, Map<String, Double> fractions) {
        Svg svg = new Svg(WIDTH, ROW * fractions.size() + 8, description);
        Scale scale = new Scale(0, 1, LEFT, RIGHT);
        int y = 4;
        for (Map.Entry<String, Double> bar : fractions.entrySet()) {
            double end = scale.at(bar.getValue());
            svg.text(Svg.Anchor.END, LEFT - 8, y + 16, bar.getKey());
            svg.rectangle("back", LEFT, y + 4, RIGHT - LEFT, ROW - 8);
            svg.rectangle("bar", LEFT, y + 4, end - LEFT, ROW - 8);
            svg.text(
                    Svg.Anchor.START,
                    RIGHT + 8,
                    y + 16,
                    String.format(Locale.ROOT, "%.1f %%", 100 * bar.getValue()));
            y += ROW;
        }
        return svg.end();
    }
}
