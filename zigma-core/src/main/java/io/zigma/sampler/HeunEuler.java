package io.zigma.sampler;

/**
 * Heun's method with Euler's for the last step, so that the model is never evaluated at the time of
 * clean data (Karras et al. 2022, algorithm 1; Li and He 2025, "JiT").
 */
final class HeunEuler extends FixedStepSolver {

    @Override
    Tableau tableau() {
        return Heun.TABLEAU;
    }

    @Override
    Tableau last() {
        return Euler.TABLEAU;
    }
}
