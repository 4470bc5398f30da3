package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.zigma.diffusion.GuidanceStrength;

/**
 * Classifier-free guidance (Ho and Salimans 2022): unconditional + s·(conditional − unconditional).
 *
 * <p>All conversions between velocity, score and noise are affine, so guiding any of them guides
 * all. Scale 0 is the unconditional model, 1 the conditional one, both to the last bit; more
 * follows the condition harder.
 */
public final class Guidance {

    private Guidance() {}

    /**
     * Guides with two calls for each evaluation; scales 0 and 1 need only one.
     *
     * @param conditional the model with its condition
     * @param unconditional the model with the null condition
     * @param scale s
     * @return the guided model
     * @throws IllegalArgumentException if the scale is not finite
     */
    public static ModelFunction of(
            ModelFunction conditional, ModelFunction unconditional, double scale) {
        requireFinite(scale);
        if (scale == 1) {
            return conditional;
        }
        if (scale == 0) {
            return unconditional;
        }
        return (x, t) -> {
            try (NDArray with = conditional.predict(x, t);
                    NDArray without = unconditional.predict(x, t)) {
                return blend(with, without, scale);
            }
        };
    }

    /**
     * Guides with one call on a batch of twice the size.
     *
     * <p>Where guidance does not work, only the conditional model is evaluated (Kynkäänniemi et al.
     * 2024, equation 3).
     *
     * @param both the model on (2B, …), where the first half has the condition and the second the
     *     null condition
     * @param conditional the model with its condition on (B, …)
     * @param strength s, and the times at which it is applied; all of a batch have the same time
     * @return the guided model on (B, …)
     */
    public static ModelFunction batched(
            ModelFunction both, ModelFunction conditional, GuidanceStrength strength) {
        double scale = strength.scale();
        return (x, t) -> {
            if (!strength.worksAt(t.getFloat(0))) {
                return conditional.predict(x, t);
            }
            try (NDArray twice = x.concat(x); // (2B, …)
                    NDArray times = t.concat(t); // (2B)
                    NDArray output = both.predict(twice, times);
                    NDList halves = output.split(2)) {
                return blend(halves.get(0), halves.get(1), scale); // (B, …)
            }
        };
    }

    /** Weighted so that scales 0 and 1 give back one side exactly. */
    private static NDArray blend(NDArray with, NDArray without, double scale) {
        try (NDArray left = with.mul(scale);
                NDArray right = without.mul(1 - scale)) {
            return left.add(right);
        }
    }

    private static void requireFinite(double scale) {
        if (!Double.isFinite(scale)) {
            throw new IllegalArgumentException(
                    "the guidance scale must be a finite number, not " + scale);
        }
    }
}
