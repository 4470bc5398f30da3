package io.zigma.sampler;

import io.zigma.base.Named;

/** The ways to solve the probability-flow ODE. */
public enum OdeMethod implements Named {
    /** Euler, order 1: one model evaluation a step. */
    EULER("euler", "Euler's method, order 1, one evaluation a step", (r, a) -> new Euler()),
    /** Two-step Adams–Bashforth, order 2: one model evaluation a step. */
    AB2(
            "ab2",
            "two-step Adams-Bashforth, order 2, one evaluation a step",
            (r, a) -> new AdamsBashforth()),
    /** Heun, order 2: two model evaluations a step. */
    HEUN("heun", "Heun's method, order 2, two evaluations a step", (r, a) -> new Heun()),
    /** Heun whose last step is Euler's, as EDM and JiT have it: two evaluations a step but one. */
    HEUN_EULER(
            "heun-euler",
            "Heun's method with Euler's last step, as EDM and JiT have it",
            (r, a) -> new HeunEuler()),
    /** Explicit midpoint, order 2: two model evaluations a step. */
    MIDPOINT(
            "midpoint",
            "explicit midpoint, order 2, two evaluations a step",
            (r, a) -> new Midpoint()),
    /** Heun's third-order method: three model evaluations a step. */
    HEUN3(
            "heun3",
            "Heun's third-order method, three evaluations a step",
            (r, a) -> new HeunThirdOrder()),
    /** Kutta's 3/8 rule, order 4: four model evaluations a step. */
    RK4("rk4", "Kutta's 3/8 rule, order 4, four evaluations a step", (r, a) -> new RungeKutta4()),
    /** Dormand–Prince 5(4), which chooses its steps by the tolerances: six evaluations each. */
    DOPRI5(
            "dopri5",
            "Dormand-Prince 5(4), chooses its steps by the tolerances",
            DormandPrince::new);

    /** Makes a solver; the tolerances, relative and absolute, matter to adaptive ones only. */
    private interface Making {
        OdeSolver with(double relativeTolerance, double absoluteTolerance);
    }

    private final String label;
    private final String purpose;
    private final Making making;

    OdeMethod(String label, String purpose, Making making) {
        this.label = label;
        this.purpose = purpose;
        this.making = making;
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
     * Returns whether the method chooses its own steps.
     *
     * @return true for dopri5
     */
    public boolean adaptive() {
        return this == DOPRI5;
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
        return making.with(relativeTolerance, absoluteTolerance);
    }
}
