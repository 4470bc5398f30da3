package io.zigma.diffusion;

/**
 * The variance-preserving diffusion of score models, run from noise to data: log α falls as the
 * integral of β/2 with β linear between 0.1 and 20 (Song et al. 2021, equation 29; official {@code
 * VPCPlan}).
 *
 * <p>It starts at α(0) = 0.0066, not at pure noise, and σ′ is infinite at t = 1.
 */
public record VariancePreserving() implements VariancePreservingPath {

    private static final double BETA_MIN = 0.1;
    private static final double BETA_MAX = 20;

    @Override
    public double alpha(double t) {
        return Math.exp(logAlpha(t));
    }

    @Override
    public double alphaRate(double t) {
        return alpha(t) * logAlphaRate(t);
    }

    @Override
    public double logAlphaRate(double t) {
        return 0.5 * (BETA_MIN + (1 - t) * (BETA_MAX - BETA_MIN));
    }

    @Override
    public double timeOf(double halfLogSnr) {
        // the quadratic in 1 − t is solved without cancellation
        double twice = VariancePreservingPath.minusTwiceLogAlpha(halfLogSnr);
        double range = BETA_MAX - BETA_MIN;
        double left = 2 * twice / (Math.sqrt(BETA_MIN * BETA_MIN + 2 * range * twice) + BETA_MIN);
        return 1 - left;
    }

    @Override
    public double logAlpha(double t) {
        double left = 1 - t;
        return -0.25 * left * left * (BETA_MAX - BETA_MIN) - 0.5 * left * BETA_MIN;
    }
}
