package io.zigma.sampler;

/** Euler's method, order 1: one evaluation a step. */
final class Euler extends FixedStepSolver {

    static final Tableau TABLEAU =
            new Tableau(1, new double[] {0}, new double[][] {{}}, new double[] {1});

    @Override
    Tableau tableau() {
        return TABLEAU;
    }
}
