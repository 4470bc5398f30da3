package io.zigma.diffusion;

/** Gives training times. */
public interface TimeSampler {

    /**
     * A time, and what its loss counts for.
     *
     * @param t in the process's own unit
     * @param weight of the loss: 1, or less where a time comes more often than others
     */
    record Draw(double t, double weight) {}

    /**
     * Gives a time.
     *
     * @param uniform a uniform random number in (0, 1)
     * @param normal an independent standard normal random number
     * @return the time that belongs to the two
     */
    Draw draw(double uniform, double normal);

    /**
     * Learns from the losses of a step.
     *
     * @param t the times
     * @param losses the loss at each, before weighting
     */
    default void observe(double[] t, double[] losses) {}

    /**
     * Returns what was learnt, for a run to go on as if it had never stopped.
     *
     * @return numbers for {@link #restore}, none if nothing is learnt
     */
    default double[] state() {
        return new double[0];
    }

    /**
     * Goes on from a state.
     *
     * @param state what {@link #state} gave
     * @throws IllegalArgumentException if it is that of another sampler
     */
    default void restore(double[] state) {
        if (state.length != 0) {
            throw new IllegalArgumentException(
                    "times that learn nothing have no state of %s numbers".formatted(state.length));
        }
    }
}
