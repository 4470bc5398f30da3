package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.diffusion.DiffusionProcess;

/**
 * A way from noise to data along a process that a model knows.
 *
 * <p>Memory stays flat: whatever a step makes is closed with it, and nothing is recorded for
 * gradients, on whatever thread it runs.
 */
public interface Sampler {

    /**
     * Returns the number of steps from noise to data. (SiT's {@code num_steps} counts time points
     * instead: N points are N − 1 steps, to which an SDE adds its last one.)
     *
     * @return at least 1
     */
    int steps();

    /**
     * Returns the method's name.
     *
     * @return one of {@link Samplers#KINDS}
     */
    String label();

    /**
     * Returns what makes it again: name, steps and all that is not standard.
     *
     * @return a spec that {@link SamplerSpec#create creates} an equal sampler
     */
    SamplerSpec spec();

    /**
     * Tells whether the samples of a batch have step sizes in common that depend on them all. If
     * so, a sample comes out the same alone as in a batch only when each is sampled alone.
     *
     * @return true for dopri5
     */
    boolean adaptive();

    /**
     * Samples.
     *
     * @param model the model
     * @param process what it was trained on
     * @param start where to start; left as it is
     * @param noise the noise of the steps; an ODE takes none
     * @param listener hears of every step and can stop it all by throwing
     * @return samples of the start's shape, on its manager
     * @throws IllegalArgumentException if the model changes the shape, or nothing is left of the
     *     way from the start on
     * @throws ArithmeticException if an adaptive method cannot reach its tolerances
     */
    NDArray sample(
            Denoiser model,
            DiffusionProcess process,
            Start start,
            NoiseSource noise,
            StepListener listener);
}
