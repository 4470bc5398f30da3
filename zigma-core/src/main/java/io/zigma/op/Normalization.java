package io.zigma.op;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Normalisation over the last axis, alone or with adaLN's modulation. Results belong to the manager
 * of x, also where the parameters belong to a model's.
 *
 * <p>Fused or in plain {@code NDArray} operations under the same conditions as {@link
 * SelectiveScan}.
 */
public final class Normalization {

    private Normalization() {}

    /**
     * Root mean square norm, x / √(mean(x²) + eps) · weight (Zhang and Sennrich 2019, equation 4).
     *
     * @param x (…, D)
     * @param weight (D)
     * @param eps added to the mean square, positive
     * @return (…, D)
     * @throws IllegalArgumentException if the weight does not fit
     */
    public static NDArray rms(NDArray x, NDArray weight, double eps) {
        return apply(new NormOperands(x, weight, null, null, null, false, eps)).get(0);
    }

    /**
     * Layer norm, (x − mean) / √(variance + eps) · weight + bias (Ba et al. 2016).
     *
     * @param x (…, D)
     * @param weight (D), or null for ones
     * @param bias (D), or null for zeros
     * @param eps added to the variance, positive
     * @return (…, D)
     * @throws IllegalArgumentException if weight or bias do not fit
     */
    public static NDArray layer(
            NDArray x, @Nullable NDArray weight, @Nullable NDArray bias, double eps) {
        return apply(new NormOperands(x, weight, bias, null, null, true, eps)).get(0);
    }

    /**
     * Root mean square norm n and its modulation n · (1 + scale) + shift (DiT 2023, figure 3).
     *
     * @param x (B, L, D)
     * @param weight (D)
     * @param eps added to the mean square, positive
     * @param shift of each sequence (B, 1, D)
     * @param scale of each sequence (B, 1, D)
     * @return both
     * @throws IllegalArgumentException if the shapes do not fit together
     */
    public static Modulated modulatedRms(
            NDArray x, NDArray weight, double eps, NDArray shift, NDArray scale) {
        return modulated(new NormOperands(x, weight, null, shift, scale, false, eps));
    }

    /**
     * Layer norm n and its modulation n · (1 + scale) + shift (DiT 2023, figure 3).
     *
     * @param x (B, L, D)
     * @param weight (D), or null for ones
     * @param bias (D), or null for zeros
     * @param eps added to the variance, positive
     * @param shift of each sequence (B, 1, D)
     * @param scale of each sequence (B, 1, D)
     * @return both
     * @throws IllegalArgumentException if the shapes do not fit together
     */
    public static Modulated modulatedLayer(
            NDArray x,
            @Nullable NDArray weight,
            @Nullable NDArray bias,
            double eps,
            NDArray shift,
            NDArray scale) {
        return modulated(new NormOperands(x, weight, bias, shift, scale, true, eps));
    }

    private static Modulated modulated(NormOperands operands) {
        List<NDArray> both = apply(operands);
        return new Modulated(both.get(0), both.get(1));
    }

    /** The norm and, where there is something to modulate it with, the modulated norm. */
    static List<NDArray> apply(NormOperands operands) {
        List<NDArray> results = KernelSets.recorded((set, tape) -> set.norm(operands, tape));
        return results == null ? NormReference.apply(operands) : results;
    }
}
