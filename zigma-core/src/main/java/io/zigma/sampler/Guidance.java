package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.GuidanceStrength;

/**
 * Classifier-free guidance (Ho and Salimans 2022): unconditional + s·(conditional − unconditional),
 * within an interval of times (Kynkäänniemi et al. 2024), outside of which only the conditional
 * model is evaluated, and in all channels or the first ones.
 *
 * <p>All conversions between velocity, score, noise and data are affine, so guiding any of them
 * guides all. Scale 0 is the unconditional model, 1 the conditional one, both to the last bit.
 */
public final class Guidance {

    private Guidance() {}

    /**
     * Guides with two calls for each evaluation; scales 0 and 1 need only one.
     *
     * @param conditional the model with its condition
     * @param unconditional the model with the null condition
     * @param process what both were trained on
     * @param strength s, and the interval of times in which it is applied
     * @return the guided model
     */
    public static Denoiser of(
            Denoiser conditional,
            Denoiser unconditional,
            DiffusionProcess process,
            GuidanceStrength strength) {
        return (x, t) -> {
            if (!strength.worksAt(process.progress(t))) {
                return conditional.at(x, t);
            }
            if (strength.scale() == 0 && strength.channels() == 0) {
                return unconditional.at(x, t);
            }
            return conditional
                    .at(x, t)
                    .guided(unconditional.at(x, t), strength.scale(), strength.channels());
        };
    }

    /**
     * Guides with one call on a batch of twice the size.
     *
     * @param both the model on (2B, …), where the first half has the condition and the second the
     *     null condition
     * @param conditional the model with its condition on (B, …)
     * @param process what it was trained on
     * @param strength s, and the interval of times in which it is applied
     * @return the guided model on (B, …)
     */
    public static Denoiser batched(
            Denoiser both,
            Denoiser conditional,
            DiffusionProcess process,
            GuidanceStrength strength) {
        return (x, t) -> {
            if (!strength.worksAt(process.progress(t))) {
                return conditional.at(x, t);
            }
            NDArray twice = x.concat(x); // (2B, …)
            Denoised[] halves = both.at(twice, t).halves();
            return halves[0].guided(halves[1], strength.scale(), strength.channels()); // (B, …)
        };
    }
}
