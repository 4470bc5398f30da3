package io.zigma.diffusion;

/**
 * A path whose noise has another standard deviation than 1: α as it is, σ scaled. Larger images
 * need more noise to lose their content (Li and He 2025, "JiT": 2 at 512 pixels).
 *
 * @param path the path with noise of standard deviation 1
 * @param scale the standard deviation, positive
 */
record ScaledNoise(Interpolant path, double scale) implements Interpolant {

    @Override
    public double alpha(double t) {
        return path.alpha(t);
    }

    @Override
    public double sigma(double t) {
        return scale * path.sigma(t);
    }

    @Override
    public double alphaRate(double t) {
        return path.alphaRate(t);
    }

    @Override
    public double sigmaRate(double t) {
        return scale * path.sigmaRate(t);
    }

    @Override
    public double logAlphaRate(double t) {
        return path.logAlphaRate(t);
    }

    @Override
    public double sigmaWronskian(double t) {
        return scale * scale * path.sigmaWronskian(t);
    }

    @Override
    public double dataShare(double t) {
        return path.dataShare(t); // the scale is in numerator and denominator
    }

    @Override
    public double halfLogSnr(double t) {
        return path.halfLogSnr(t) - Math.log(scale);
    }

    @Override
    public double timeOf(double halfLogSnr) {
        return path.timeOf(halfLogSnr + Math.log(scale));
    }
}
