package io.zigma.train.loop;

import java.io.IOException;

/**
 * Connects processes that train one model together, each on its part of every batch. All take the
 * same steps, and call {@link #sum} at the same points.
 */
public interface GradientExchange {

    /**
     * Returns which part of every batch this process computes.
     *
     * @return from 0 to {@link #parts} − 1
     */
    int part();

    /**
     * Returns how many processes there are.
     *
     * @return at least 1
     */
    int parts();

    /**
     * Adds up what all processes have, number by number in the order of the parts, and waits until
     * that is done: all have the same sums then, to the last bit, and the same sums in every run.
     *
     * @param values many numbers, as many in all processes; replaced by their sums
     * @param figures a few numbers, likewise
     * @throws IOException if another process is lost
     */
    void sum(float[] values, double[] figures) throws IOException;
}
