package io.zigma.eval.metric;

import java.util.List;
import java.util.Map;

/**
 * A metric: some figures of a set of pictures beside real ones. A new one is a class of its own and
 * one line in {@link Metrics}.
 */
public interface Metric {

    /**
     * Returns its name.
     *
     * @return lower case, words joined by hyphens
     */
    String name();

    /**
     * Computes the figures.
     *
     * @param pictures what is known of the pictures and of the real ones
     * @return in the order they are shown in; without those that need what is not there
     */
    List<Figure> of(Compared pictures);

    /**
     * Returns what the figures depend on beside the pictures: they compare only where it is the
     * same.
     *
     * @param pictures as in {@link #of}
     * @return settings by name, in a fixed order
     */
    default Map<String, Object> settings(Compared pictures) {
        return Map.of();
    }
}
