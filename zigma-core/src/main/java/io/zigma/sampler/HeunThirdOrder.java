package io.zigma.sampler;

/** Heun's third-order method: three evaluations a step. */
final class HeunThirdOrder extends FixedStepSolver {

    private static final Tableau TABLEAU =
            new Tableau(
                    3,
                    new double[] {0, 1.0 / 3, 2.0 / 3},
                    new double[][] {{}, {1.0 / 3}, {0, 2.0 / 3}},
                    new double[] {1.0 / 4, 0, 3.0 / 4});

    @Override
    Tableau tableau() {
        return TABLEAU;
    }
}
