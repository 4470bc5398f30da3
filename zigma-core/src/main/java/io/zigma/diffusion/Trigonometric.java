package io.zigma.diffusion;

/**
 * Quarter circles, with α² + σ² = 1: α = sin(πt/2), σ = cos(πt/2) (SiT 2024, table 1, "GVP";
 * official {@code GVPCPlan}).
 */
public record Trigonometric() implements Interpolant {

    private static final double QUARTER_TURN = Math.PI / 2;

    @Override
    public double alpha(double t) {
        return Math.sin(QUARTER_TURN * t);
    }

    @Override
    public double sigma(double t) {
        // The sine of the complement is exactly 0 at t = 1, where cos(π/2) leaves 6e-17.
        return Math.sin(QUARTER_TURN * (1 - t));
    }

    @Override
    public double alphaRate(double t) {
        return QUARTER_TURN * sigma(t);
    }

    @Override
    public double sigmaRate(double t) {
        return -QUARTER_TURN * alpha(t);
    }

    @Override
    public double timeOf(double halfLogSnr) {
        return Math.atan(Math.exp(halfLogSnr)) / QUARTER_TURN;
    }
}
