package io.zigma.sampler;

/** The explicit midpoint method, order 2: two evaluations a step. */
final class Midpoint extends FixedStepSolver {

    private static final Tableau TABLEAU =
            new Tableau(
                    2,
                    new double[] {0, 1.0 / 2},
                    new double[][] {{}, {1.0 / 2}},
                    new double[] {0, 1});

    @Override
    Tableau tableau() {
        return TABLEAU;
    }
}
