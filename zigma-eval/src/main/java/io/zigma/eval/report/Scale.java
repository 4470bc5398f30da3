package io.zigma.eval.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Maps numbers to positions on an axis, and chooses its ticks.
 *
 * @param low the number at the axis's beginning
 * @param high the number at its end, above {@code low}
 * @param from where the axis begins
 * @param to where it ends
 */
record Scale(double low, double high, double from, double to) {

    private static final int TICKS = 5;

    /** Makes an axis that has room for some numbers even if they are all the same. */
    static Scale around(double low, double high, double from, double to) {
        return high > low
                ? new Scale(low, high, from, to)
                : new Scale(low - 0.5, low + 0.5, from, to);
    }

    /** Returns the position of a number. */
    double at(double number) {
        return from + (number - low) / (high - low) * (to - from);
    }

    /** Returns about five round numbers on the axis. */
    List<Double> ticks() {
        double step = step();
        List<Double> ticks = new ArrayList<>();
        for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /** Returns a tick as text, with enough digits to differ from its neighbours. */
    String text(double tick) {
        int digits = (int) Math.max(0, -Math.floor(Math.log10(step()) + 1e-9));
        return String.format(Locale.ROOT, "%,." + digits + "f", tick);
    }

    /** One, two or five times a power of ten. */
    private double step() {
        double rough = (high - low) / TICKS;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double leading = rough / power;
        return power * (leading <= 1 ? 1 : leading <= 2 ? 2 : leading <= 5 ? 5 : 10);
    }
}
