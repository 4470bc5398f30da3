package io.zigma.train.config;

/** How training times are spread between noise and data. */
public sealed interface TimeSampling {

    /**
     * Returns a training time between noise and data.
     *
     * @param uniform a uniform random number in (0, 1)
     * @param normal an independent standard normal random number
     * @return a fraction in [0, 1]
     */
    double fraction(double uniform, double normal);

    /** Every time is as likely as any other (the official script). */
    record Uniform() implements TimeSampling {

        @Override
        public double fraction(double uniform, double normal) {
            return uniform;
        }
    }

    /**
     * The logistic function of a normal variable, which dwells on the middle of the way, where the
     * prediction is hardest (Esser et al. 2024, equation 19).
     *
     * @param mean of the normal variable: below 0 more times near the noise, above 0 near the data
     * @param deviation its standard deviation, above 0
     */
    record LogitNormal(double mean, double deviation) implements TimeSampling {

        /**
         * Checks the values.
         *
         * @throws IllegalArgumentException if the mean is not finite or the deviation not above 0
         */
        public LogitNormal {
            if (!Double.isFinite(mean) || !(deviation > 0) || Double.isInfinite(deviation)) {
                throw new IllegalArgumentException(
                        "logit-normal times need a finite mean and a deviation above 0, not "
                                + mean
                                + " and "
                                + deviation);
            }
        }

        @Override
        public double fraction(double uniform, double normal) {
            return 1 / (1 + StrictMath.exp(-(mean + deviation * normal)));
        }
    }
}
