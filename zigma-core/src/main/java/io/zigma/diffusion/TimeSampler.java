package io.zigma.diffusion;

/** Samples training times. Several threads may sample at once while none observes or restores. */
public interface TimeSampler {

    /**
     * A time and the weight of its loss.
     *
     * @param t in the process's own unit
     * @param weight of the loss: 1, or less where a time is sampled more often than others, so that
     *     the mean of the weighted losses is that of uniform times
     */
    record Sample(double t, double weight) {}

    /**
     * Samples a time.
     *
     * @param uniform a uniform random number in (0, 1)
     * @param normal an independent standard normal random number
     * @return the time for the two numbers
     */
    Sample sample(double uniform, double normal);

    /**
     * Returns whether losses change how later times are sampled.
     *
     * @return true if {@link #observe} needs the losses of each step
     */
    default boolean learns() {
        return false;
    }

    /**
     * Updates the distribution from the losses of a step.
     *
     * @param t the times
     * @param losses the loss at each, before weighting, in the same order
     */
    default void observe(double[] t, double[] losses) {}

    /**
     * Returns the state, for a run to resume as if it had never stopped.
     *
     * @return numbers for {@link #restore}, none if the distribution is fixed
     */
    default double[] state() {
        return new double[0];
    }

    /**
     * Restores a state.
     *
     * @param state what {@link #state} returned
     * @throws IllegalArgumentException if it is that of another sampler
     */
    default void restore(double[] state) {
        if (state.length != 0) {
            throw new IllegalArgumentException(
                    "these training times have no state, not one of %s numbers"
                            .formatted(state.length));
        }
    }
}
