package io.zigma.bench;

import java.util.Arrays;

/**
 * What a computation took, over several rounds.
 *
 * @param sorted milliseconds of each round, ascending
 */
record Timing(double[] sorted) {

    /**
     * Sorts the rounds.
     *
     * @throws IllegalArgumentException if there is none
     */
    Timing(double[] sorted) {
        if (sorted.length == 0) {
            throw new IllegalArgumentException("a timing needs at least one round");
        }
        this.sorted = sorted.clone();
        Arrays.sort(this.sorted);
    }

    /** Returns the number of rounds. */
    int rounds() {
        return sorted.length;
    }

    /** Returns the median in milliseconds. */
    double median() {
        return quantile(0.5);
    }

    /** Returns the first quartile in milliseconds; a quarter of the rounds was faster. */
    double lower() {
        return quantile(0.25);
    }

    /** Returns the third quartile in milliseconds; a quarter of the rounds was slower. */
    double upper() {
        return quantile(0.75);
    }

    /** Linear between neighbouring rounds (Hyndman and Fan 1996, definition 7). */
    private double quantile(double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
