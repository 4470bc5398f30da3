package io.zigma.diffusion;

/**
 * Straight lines at constant speed: α = t, σ = 1 − t (SiT 2024, table 1; official {@code ICPlan}).
 */
public record Linear() implements Interpolant {

    @Override
    public double alpha(double t) {
        return t;
    }

    @Override
    public double sigma(double t) {
        return 1 - t;
    }

    @Override
    public double alphaRate(double t) {
        return 1;
    }

    @Override
    public double sigmaRate(double t) {
        return -1;
    }

    @Override
    public double timeOf(double halfLogSnr) {
        return 1 / (1 + Math.exp(-halfLogSnr));
    }
}
