package io.zigma.sampler;

import io.zigma.base.Named;

/** The ways to solve the probability-flow ODE. */
public enum OdeMethod implements Named {
    /** Euler, order 1: one model evaluation a step. */
    EULER("euler"),
    /** Two-step Adams–Bashforth, order 2: one model evaluation a step. */
    AB2("ab2"),
    /** Heun, order 2: two model evaluations a step. */
    HEUN("heun"),
    /** Explicit midpoint, order 2: two model evaluations a step. */
    MIDPOINT("midpoint"),
    /** Heun's third-order method: three model evaluations a step. */
    HEUN3("heun3"),
    /** Kutta's 3/8 rule, order 4: four model evaluations a step. */
    RK4("rk4"),
    /** Dormand–Prince 5(4), which chooses its steps by the tolerances: six evaluations each. */
    DOPRI5("dopri5");

    private final String label;

    OdeMethod(String label) {
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
    public static OdeMethod parse(String name) {
        return Named.parse("ODE method", name, values());
    }

    /** The solver; tolerances matter to adaptive ones only. */
    OdeSolver solver(double relativeTolerance, double absoluteTolerance) {
        return switch (this) {
            case EULER -> new Euler();
            case AB2 -> new AdamsBashforth();
            case HEUN -> new Heun();
            case MIDPOINT -> new Midpoint();
            case HEUN3 -> new HeunThirdOrder();
            case RK4 -> new RungeKutta4();
            case DOPRI5 -> new DormandPrince(relativeTolerance, absoluteTolerance);
        };
    }
}
