package io.zigma.train.optim;

/**
 * The settings of the exponential moving average (EMA) of the weights.
 *
 * @param decay weight of the old average in an update, in [0, 1); 0.9999 in the official script
 * @param warmup true to start with the smaller decay (1 + n) / (10 + n), n updates in, so that
 *     short runs forget their initial weights; the official script has none
 */
public record EmaConfig(double decay, boolean warmup) {

    /** Decay 0.9999 without warm-up, as the official script. */
    public static final EmaConfig DEFAULT = new EmaConfig(0.9999, false);

    /**
     * Checks the decay.
     *
     * @throws IllegalArgumentException if it is outside [0, 1)
     */
    public EmaConfig {
        if (!(decay >= 0 && decay < 1)) {
            throw new IllegalArgumentException("the EMA decay must be in [0, 1), not " + decay);
        }
    }

    /**
     * Returns the decay of one update.
     *
     * @param updates updates made before this one, from 0
     * @return the weight of the old average
     */
    public double decayAt(long updates) {
        return warmup ? Math.min(decay, (1.0 + updates) / (10.0 + updates)) : decay;
    }
}
