package io.zigma.diffusion;

/**
 * A path on which α² + σ² = 1, so that data and noise of variance 1 mix to variance 1 (Song et al.
 * 2021, section 3.4).
 *
 * <p>All follows from log α. σ = √(1 − α²) is computed from it without cancellation, which matters
 * near the data, where α is close to 1. σ′ is infinite where σ is 0, and what stays finite there is
 * given in closed form, from σσ′ = −αα′.
 */
interface VariancePreservingPath extends Interpolant {

    /**
     * Returns the logarithm of the data's weight.
     *
     * @param t the time in [0, 1]
     * @return log α(t), at most 0; −∞ where α is 0
     */
    double logAlpha(double t);

    @Override
    default double sigma(double t) {
        return Math.sqrt(-Math.expm1(2 * logAlpha(t)));
    }

    @Override
    default double sigmaRate(double t) {
        return -alpha(t) * alphaRate(t) / sigma(t);
    }

    @Override
    default double sigmaWronskian(double t) {
        return alphaRate(t); // α′σ² − ασσ′ = α′(σ² + α²)
    }

    @Override
    default double dataShare(double t) {
        return alpha(t);
    }

    @Override
    default double halfLogSnr(double t) {
        double log = logAlpha(t);
        return log - 0.5 * Math.log(-Math.expm1(2 * log));
    }

    /**
     * Returns −2 log α = log(1 + e^−2λ), without overflow at any λ.
     *
     * @param halfLogSnr λ = log(α/σ)
     * @return at least 0
     */
    static double minusTwiceLogAlpha(double halfLogSnr) {
        double x = -2 * halfLogSnr;
        return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
    }
}
