package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.base.Setting;
import io.zigma.diffusion.Denoised;

/**
 * Clips the data that a model predicts to the range of pixels, so that early errors do not grow
 * (official {@code clip_denoised}). Not for models of latents, whose range is unbounded. What a
 * classifier's gradient adds is not clipped again, as in the official code.
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
        NDArray gradient = seen.gradient();
        if (gradient == null) {
            return seen.withData(seen.data().clip(-limit, limit));
        }
        Denoised own = seen.unguided();
        return own.withData(own.data().clip(-limit, limit)).guidedBy(gradient);
    }
}
