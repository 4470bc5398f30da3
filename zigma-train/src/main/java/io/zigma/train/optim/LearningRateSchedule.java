package io.zigma.train.optim;

/** The learning rate as a function of the step, nothing else, so that resuming needs no state. */
public sealed interface LearningRateSchedule {

    /**
     * Returns the rate of a step.
     *
     * @param step steps taken before this one, from 0
     * @return the learning rate, at least 0
     */
    double rate(long step);

    /**
     * Returns the highest rate.
     *
     * @return the rate after warm-up, above 0
     */
    double peak();

    /**
     * Returns how long the rate rises.
     *
     * @return steps to the peak, 0 for none
     */
    long warmupSteps();

    /**
     * Rises linearly to the peak over the warm-up, then stays there.
     *
     * @param peak the rate after warm-up, above 0
     * @param warmupSteps steps to the peak, 0 for none; step s of them runs at peak·(s+1)/steps
     */
    record Constant(double peak, long warmupSteps) implements LearningRateSchedule {

        /**
         * Checks the values.
         *
         * @throws IllegalArgumentException if the peak is not above 0 or the warm-up negative
         */
        public Constant {
            requirePeak(peak);
            requireWarmup(warmupSteps);
        }

        @Override
        public double rate(long step) {
            return step < warmupSteps ? warm(peak, step, warmupSteps) : peak;
        }
    }

    /**
     * Rises linearly to the peak, then falls along half a cosine to the floor (Loshchilov and
     * Hutter 2017, equation 5, without restarts) and stays there.
     *
     * @param peak the rate after warm-up, above 0
     * @param floor the rate at the end and after it, from 0 to the peak
     * @param warmupSteps steps to the peak, 0 for none
     * @param totalSteps the step at which the floor is reached, above the warm-up
     */
    record Cosine(double peak, double floor, long warmupSteps, long totalSteps)
            implements LearningRateSchedule {

        /**
         * Checks the values.
         *
         * @throws IllegalArgumentException if a value is out of its range
         */
        public Cosine {
            requirePeak(peak);
            requireWarmup(warmupSteps);
            if (!(floor >= 0 && floor <= peak)) {
                throw new IllegalArgumentException(
                        "the learning rate's floor must be between 0 and its peak "
                                + peak
                                + ", not "
                                + floor);
            }
            if (totalSteps <= warmupSteps) {
                throw new IllegalArgumentException(
                        "a cosine schedule over "
                                + totalSteps
                                + " steps needs a warm-up shorter than that, not "
                                + warmupSteps);
            }
        }

        @Override
        public double rate(long step) {
            if (step < warmupSteps) {
                return warm(peak, step, warmupSteps);
            }
            double done = Math.min(1, (double) (step - warmupSteps) / (totalSteps - warmupSteps));
            return floor + (peak - floor) * 0.5 * (1 + Math.cos(Math.PI * done));
        }
    }

    private static double warm(double peak, long step, long warmupSteps) {
        return peak * (step + 1) / warmupSteps;
    }

    private static void requirePeak(double peak) {
        if (!(peak > 0) || Double.isInfinite(peak)) {
            throw new IllegalArgumentException("the learning rate must be above 0, not " + peak);
        }
    }

    private static void requireWarmup(long warmupSteps) {
        if (warmupSteps < 0) {
            throw new IllegalArgumentException(
                    "the warm-up must be 0 steps or more, not " + warmupSteps);
        }
    }
}
