package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.diffusion.DiffusionProcess;
import java.util.Optional;

/**
 * A method to sample from a model of a diffusion process.
 *
 * <p>Memory does not grow with the number of steps: the arrays of a step are closed after it, and
 * nothing is recorded for gradients, on any thread.
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
     * Returns the specification: name, steps and all options that differ from the default.
     *
     * @return a spec that {@link SamplerSpec#create creates} an equal sampler
     */
    SamplerSpec spec();

    /**
     * Returns whether the samples of a batch have step sizes in common that depend on them all. If
     * so, a sample is the same alone as in a batch only when each is sampled alone.
     *
     * @return true for dopri5
     */
    boolean adaptive();

    /**
     * Returns a sampler that goes back from data to the noise that they come from. Where this one
     * follows the probability-flow ODE by a method that has no inverse of its own, it is Heun's on
     * the same ODE.
     *
     * @return a sampler to be started at the process's end; empty where this one adds noise in its
     *     steps, as then a sample does not come from its first noise alone
     */
    default Optional<Sampler> inversion() {
        return Optional.of(new OdeSampler(OdeMethod.HEUN, steps()).inverted());
    }

    /**
     * Samples.
     *
     * @param model the model
     * @param process what it was trained on
     * @param start where to start; not changed
     * @param noise the noise of the steps; an ODE takes none
     * @param listener called after every step; it can cancel by throwing
     * @return samples of the start's shape, on its manager
     * @throws IllegalArgumentException if the model changes the shape, or no times are left after
     *     the start
     * @throws ArithmeticException if an adaptive method cannot reach its tolerances
     */
    NDArray sample(
            Denoiser model,
            DiffusionProcess process,
            Start start,
            NoiseSource noise,
            StepListener listener);
}
