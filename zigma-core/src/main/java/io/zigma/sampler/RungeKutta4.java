package io.zigma.sampler;

/**
 * Kutta's 3/8 rule, order 4: four evaluations a step, with a smaller error than the classical
 * method.
 */
final class RungeKutta4 extends FixedStepSolver {

    private static final Tableau TABLEAU =
            new Tableau(
                    4,
                    new double[] {0, 1.0 / 3, 2.0 / 3, 1},
                    new double[][] {{}, {1.0 / 3}, {-1.0 / 3, 1}, {1, -1, 1}},
                    new double[] {1.0 / 8, 3.0 / 8, 3.0 / 8, 1.0 / 8});

    @Override
    Tableau tableau() {
        return TABLEAU;
    }
}
