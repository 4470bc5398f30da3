package io.zigma.train.optim;

/**
 * An average over the whole of a training whose weights grow as tᵞ, so that its length is a fixed
 * fraction of the time so far (Karras et al. 2024, Analyzing and Improving the Training Dynamics of
 * Diffusion Models, section 3.1 and appendix C).
 *
 * @param length σ_rel, the standard deviation of the profile relative to the time so far, in (0,
 *     0.2886); 0.05 and 0.1 in the paper
 */
public record PowerProfile(double length) {

    /** The length of γ = 0, which averages all of the training alike, is √(1/12). */
    private static final double LONGEST = Math.sqrt(1.0 / 12);

    private static final double STEEPEST = 1e9;

    /**
     * Checks the length.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public PowerProfile {
        if (!(length > 0 && length < LONGEST) || lengthOf(STEEPEST) > length) {
            throw new IllegalArgumentException(
                    "the relative length of a power average lies between 0 and 0.2886, not at "
                            + length);
        }
    }

    /**
     * Returns γ, the exponent of the profile.
     *
     * @return above 0; larger for a shorter average
     */
    public double gamma() {
        double low = 0;
        double high = STEEPEST;
        // the length falls with γ; halving the interval ends at the neighbouring doubles
        while (true) {
            double middle = low < 1 ? (low + high) / 2 : Math.sqrt(low * high);
            if (middle <= low || middle >= high) {
                return low;
            }
            if (lengthOf(middle) > length) {
                low = middle;
            } else {
                high = middle;
            }
        }
    }

    /** σ_rel(γ) = √((γ + 1) / ((γ + 2)²·(γ + 3))) (equation 126). */
    private static double lengthOf(double gamma) {
        return Math.sqrt((gamma + 1) / ((gamma + 2) * (gamma + 2) * (gamma + 3)));
    }

    /**
     * Returns the decay of one update (equation 127).
     *
     * @param gamma γ
     * @param step steps taken, this one included, at least 1
     * @return β, the fraction of the old average that is kept; 0 at the first step
     */
    static double decayAt(double gamma, long step) {
        return Math.pow(1 - 1.0 / step, gamma + 1);
    }
}
