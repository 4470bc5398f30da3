package io.zigma.eval.metric;

import java.util.Locale;

/**
 * A measured quantity: its names, which direction is better and how it is written.
 *
 * @param key its name in JSON, lower case with underscores
 * @param title its name for people
 * @param better which way it improves
 * @param digits so many digits after the point mean something
 * @param headline whether it is shown in tables and curves that compare several results
 */
public record Quantity(String key, String title, Better better, int digits, boolean headline) {

    /** Which way a figure improves. */
    public enum Better {
        /** Less is better. */
        LOWER,
        /** More is better. */
        HIGHER;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT) + " is better";
        }
    }

    /**
     * Returns a figure as people read it.
     *
     * @param value the figure
     * @return with as many digits as mean something
     */
    public String text(double value) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
