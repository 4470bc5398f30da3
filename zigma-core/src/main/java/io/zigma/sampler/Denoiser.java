package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.diffusion.Denoised;

/**
 * What a sampler sees of a model: a noisy sample and a time in, everything that is believed about
 * it out. Guidance of every kind, clipping and inpainting are denoisers around a denoiser.
 */
@FunctionalInterface
public interface Denoiser {

    /**
     * Says what is believed about x.
     *
     * <p>Arrays that are made on the way and those of the result belong to x's manager, which the
     * caller closes when it has what it wants; x itself stays as it is.
     *
     * @param x the batch (B, …)
     * @param t the time of the whole batch, in the process's unit
     * @return what is believed about x
     * @throws IllegalArgumentException if the model changes the shape to one that cannot be read
     */
    Denoised at(NDArray x, double t);
}
