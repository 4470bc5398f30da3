package io.zigma.sampler;

/** Heun's method (the explicit trapezoid), order 2: two evaluations a step. */
final class Heun extends FixedStepSolver {

    static final Tableau TABLEAU =
            new Tableau(
                    2,
                    new double[] {0, 1},
                    new double[][] {{}, {1}},
                    new double[] {1.0 / 2, 1.0 / 2});

    @Override
    Tableau tableau() {
        return TABLEAU;
    }
}
