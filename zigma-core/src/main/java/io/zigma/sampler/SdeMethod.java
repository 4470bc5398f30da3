package io.zigma.sampler;

import io.zigma.base.Named;

/** The ways to solve the reverse SDE. */
public enum SdeMethod implements Named {
    /** Euler–Maruyama: one model evaluation a step. */
    EULER("sde-euler"),
    /** Stochastic Heun: two model evaluations a step. */
    HEUN("sde-heun");

    private final String label;

    SdeMethod(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }

    /**
     * Finds the method that a user named.
     *
     * @param name one of the labels, in any case
     * @return the method
     * @throws IllegalArgumentException if there is none of that name; the message lists all
     */
    public static SdeMethod parse(String name) {
        return Named.parse("SDE method", name, values());
    }

    SdeSolver solver() {
        return switch (this) {
            case EULER -> new EulerMaruyama();
            case HEUN -> new StochasticHeun();
        };
    }
}
