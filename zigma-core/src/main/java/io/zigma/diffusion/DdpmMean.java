package io.zigma.diffusion;

import io.zigma.base.Named;

/** How a DDPM network predicts the mean of the reverse step. */
public enum DdpmMean implements Named {
    /** The noise in x_t, ε (Ho et al. 2020). */
    EPSILON("epsilon"),
    /** The clean data, x_0. */
    START("x0"),
    /** The mean itself, x_{t−1}. */
    PREVIOUS("previous-x"),
    /** v = α·noise − σ·data (Salimans and Ho 2022, section 4). */
    V("v");

    private final String label;

    DdpmMean(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }

    /**
     * Finds the mean that a user named.
     *
     * @param name one of the labels, in any case
     * @return the mean
     * @throws IllegalArgumentException if there is none of that name; the message lists all
     */
    public static DdpmMean parse(String name) {
        return Named.parse("mean", name, values());
    }
}
