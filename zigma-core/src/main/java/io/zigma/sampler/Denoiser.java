package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.diffusion.Denoised;

/**
 * A model as samplers use it: from a noisy sample and a time to all estimates of the sample's data
 * and noise. Guidance of every kind, clipping and inpainting are denoisers around a denoiser.
 */
@FunctionalInterface
public interface Denoiser {

    /**
     * Evaluates the model at x.
     *
     * <p>Arrays that are made on the way and those of the result belong to x's manager, which the
     * caller closes after use; x itself is not changed.
     *
     * @param x the batch (B, …)
     * @param t the time of the whole batch, in the process's unit
     * @return the estimates of data, noise, velocity and score
     * @throws IllegalArgumentException if the model changes the shape to one that cannot be read
     */
    Denoised at(NDArray x, double t);
}
