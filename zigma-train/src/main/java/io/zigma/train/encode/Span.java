package io.zigma.train.encode;

import java.io.Serializable;

/**
 * Pictures of a data set that follow each other.
 *
 * @param from the first
 * @param to the one behind the last
 */
public record Span(int from, int to) implements Serializable {

    private static final long serialVersionUID = 1;

    /**
     * Checks the order.
     *
     * @throws IllegalArgumentException if there is no picture in it
     */
    public Span {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException(
                    "there are no pictures from %s to %s".formatted(from, to));
        }
    }
}
