package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.base.Setting;
import io.zigma.diffusion.Denoised;

/**
 * Clips the data that a model predicts to the range of pixels, so that early errors do not grow
 * (official {@code clip_denoised}). Not for models of latents, whose range is unbounded.
 *
 * @param model the model
 * @param limit the largest magnitude
 */
public record Clipping(Denoiser model, double limit) implements Denoiser {

    static final Setting CLIP =
            Setting.flag(
                    "clip",
                    "clip the predicted data to [-1, 1]; for models of pixels, not of latents",
                    false);

    /** Clips to [−1, 1], or not. */
    static Denoiser of(Denoiser model, boolean clip) {
        return clip ? new Clipping(model, 1) : model;
    }

    @Override
    public Denoised at(NDArray x, double t) {
        Denoised seen = model.at(x, t);
        return seen.withData(seen.data().clip(-limit, limit));
    }
}
