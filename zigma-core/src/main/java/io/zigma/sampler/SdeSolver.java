package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.diffusion.DiffusionCoefficient;

/** One step of dx = (v + w·score) dt + √(2w) dW. */
interface SdeSolver {

    /** Whether the model is evaluated at the end of a step. */
    boolean looksAhead();

    /**
     * Takes a step; all arrays that it creates stay on x's manager.
     *
     * @param flow the model along its process
     * @param diffusion w
     * @param x the state (B, …) at t
     * @param t the progress
     * @param h the step's size
     * @param normal standard normal noise of x's shape
     */
    Taken step(
            Flow flow,
            DiffusionCoefficient diffusion,
            NDArray x,
            double t,
            double h,
            NDArray normal);

    /** The state after a step, and the data predicted at its beginning. */
    record Taken(NDArray next, NDArray estimate) {}
}
