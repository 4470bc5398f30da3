package io.zigma.sampler;

import io.zigma.base.Named;

/** The ways to solve the reverse SDE. */
public enum SdeMethod implements Named {
    /** Euler–Maruyama: one model evaluation a step. */
    EULER("sde-euler", "Euler-Maruyama, one evaluation a step", new EulerMaruyama()),
    /** Stochastic Heun: two model evaluations a step. */
    HEUN("sde-heun", "stochastic Heun, two evaluations a step", new StochasticHeun());

    private final String label;
    private final String purpose;
    private final SdeSolver solver;

    SdeMethod(String label, String purpose, SdeSolver solver) {
        this.label = label;
        this.purpose = purpose;
        this.solver = solver;
    }

    /** What it is, in a line. */
    String purpose() {
        return purpose;
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
        return solver;
    }
}
