package io.zigma.diffusion;

/**
 * IDDPM's cosine in continuous time, run from noise to data: α = cos(½π (u + s)/(1 + s))/cos(½π
 * s/(1 + s)) with u = 1 − t and s = 0.008, σ = √(1 − α²) (Nichol and Dhariwal 2021, equation 17; Lu
 * et al. 2022, appendix D.4).
 *
 * <p>The offset s leaves a little noise near the data, where σ′ is infinite at t = 1.
 */
public record CosineVariancePreserving() implements VariancePreservingPath {

    private static final double OFFSET = 0.008;
    private static final double SPEED = Math.PI / 2 / (1 + OFFSET);

    @Override
    public double alpha(double t) {
        // the sine of the complement is exactly 0 at t = 0
        return Math.sin(SPEED * t) / Math.cos(SPEED * OFFSET);
    }

    @Override
    public double alphaRate(double t) {
        return SPEED * Math.cos(SPEED * t) / Math.cos(SPEED * OFFSET);
    }

    @Override
    public double timeOf(double halfLogSnr) {
        double alpha = Math.exp(-0.5 * VariancePreservingPath.minusTwiceLogAlpha(halfLogSnr));
        return Math.asin(alpha * Math.cos(SPEED * OFFSET)) / SPEED;
    }

    /** Exactly 0 at t = 1 and −∞ at t = 0. */
    @Override
    public double logAlpha(double t) {
        if (t < 0.5) {
            return Math.log(Math.sin(SPEED * t) / Math.cos(SPEED * OFFSET));
        }
        double left = SPEED * (1 - t);
        double half = Math.sin(left / 2);
        // cos(left) − 1 without cancellation
        return Math.log1p(-2 * half * half - Math.tan(SPEED * OFFSET) * Math.sin(left));
    }
}
