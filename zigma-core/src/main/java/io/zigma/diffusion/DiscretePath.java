package io.zigma.diffusion;

/**
 * DDPM's steps as a path: log α is linear between the steps (Lu et al. 2022, appendix C.3), σ = √(1
 * − α²).
 *
 * <p>The progress is 0 at the last step, T − 1, and 1 at step 0, where a little noise is left.
 */
final class DiscretePath implements Interpolant {

    private final double[] logAlpha; // falling
    private final int last;

    /** Takes ½ log ᾱ of each step. */
    DiscretePath(double[] logAlpha) {
        this.logAlpha = logAlpha.clone();
        this.last = logAlpha.length - 1;
    }

    /** α at a step or between two. */
    double alphaAt(double step) {
        return Math.exp(logAlphaAt(step));
    }

    /** σ at a step or between two. */
    double sigmaAt(double step) {
        // expm1 is accurate where α is close to 1
        return Math.sqrt(-Math.expm1(2 * logAlphaAt(step)));
    }

    /** log(α/σ) at a step or between two. */
    double halfLogSnrAt(double step) {
        double log = logAlphaAt(step);
        return log - 0.5 * Math.log(-Math.expm1(2 * log));
    }

    /** The step of a log(α/σ); beyond the ends on the line of the outermost two. */
    double stepOf(double halfLogSnr) {
        double log = -0.5 * VariancePreservingPath.minusTwiceLogAlpha(halfLogSnr);
        int low = 0;
        int high = last;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (logAlpha[middle] >= log) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low + (log - logAlpha[low]) / derivative(low);
    }

    private double logAlphaAt(double step) {
        int low = segment(step);
        return logAlpha[low] + (step - low) * derivative(low);
    }

    /** d log α/d step between a step and the next. */
    private double derivative(int low) {
        return logAlpha[low + 1] - logAlpha[low];
    }

    private int segment(double step) {
        return Math.max(0, Math.min(last - 1, (int) Math.floor(step)));
    }

    private double step(double progress) {
        return last * (1 - progress);
    }

    @Override
    public double alpha(double t) {
        return alphaAt(step(t));
    }

    @Override
    public double sigma(double t) {
        return sigmaAt(step(t));
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
        return -last * derivative(segment(step(t)));
    }

    @Override
    public double halfLogSnr(double t) {
        return halfLogSnrAt(step(t));
    }

    @Override
    public double timeOf(double halfLogSnr) {
        return 1 - stepOf(halfLogSnr) / last;
    }
}
