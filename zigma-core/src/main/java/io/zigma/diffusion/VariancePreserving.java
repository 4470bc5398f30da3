package io.zigma.diffusion;

/**
 * The variance-preserving diffusion of score models, run from noise to data: log α falls as the
 * integral of β/2 with β linear between 0.1 and 20 (Song et al. 2021, equation 29; official {@code
 * VPCPlan}).
 *
 * <p>It starts at α(0) = 0.0066, not at pure noise, and σ′ is infinite at t = 1. What stays finite
 * there is given in closed form, from σσ′ = −αα′.
 */
public record VariancePreserving() implements Interpolant {

    private static final double BETA_MIN = 0.1;
    private static final double BETA_MAX = 20;

    @Override
    public double alpha(double t) {
        return Math.exp(logAlpha(t));
    }

    @Override
    public double sigma(double t) {
        // expm1 is accurate near t = 1, where α is close to 1.
        return Math.sqrt(-Math.expm1(2 * logAlpha(t)));
    }

    @Override
    public double alphaRate(double t) {
        return alpha(t) * logAlphaRate(t);
    }

    @Override
    public double sigmaRate(double t) {
        return -alpha(t) * alphaRate(t) / sigma(t);
    }

    @Override
    public double logAlphaRate(double t) {
        return 0.5 * (BETA_MIN + (1 - t) * (BETA_MAX - BETA_MIN));
    }

    @Override
    public double sigmaWronskian(double t) {
        return alphaRate(t);
    }

    @Override
    public double dataShare(double t) {
        return alpha(t);
    }

    @Override
    public double halfLogSnr(double t) {
        double log = logAlpha(t);
        return log - 0.5 * Math.log(-Math.expm1(2 * log));
    }

    @Override
    public double timeOf(double halfLogSnr) {
        // log α = −½ log(1 + e^−2λ), and the quadratic in 1 − t is solved without cancellation
        double twice = log1pExp(-2 * halfLogSnr); // −2 log α
        double range = BETA_MAX - BETA_MIN;
        double left = 2 * twice / (Math.sqrt(BETA_MIN * BETA_MIN + 2 * range * twice) + BETA_MIN);
        return 1 - left;
    }

    /** log(1 + eˣ) for any x. */
    static double log1pExp(double x) {
        return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
    }

    private static double logAlpha(double t) {
        double left = 1 - t;
        return -0.25 * left * left * (BETA_MAX - BETA_MIN) - 0.5 * left * BETA_MIN;
    }
}
