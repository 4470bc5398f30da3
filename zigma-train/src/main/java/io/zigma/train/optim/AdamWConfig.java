package io.zigma.train.optim;

/**
 * AdamW's constants; the defaults are those of the official training script, which are torch's with
 * no weight decay.
 *
 * @param beta1 decay of the gradient's running mean, in [0, 1)
 * @param beta2 decay of the squared gradient's running mean, in [0, 1)
 * @param epsilon added to the root of the second moment, above 0
 * @param weightDecay decoupled weight decay per unit of learning rate, at least 0
 * @param scope which parameters decay
 */
public record AdamWConfig(
        double beta1, double beta2, double epsilon, double weightDecay, WeightDecayScope scope) {

    /** Betas 0.9 and 0.999, epsilon 1e-8, no weight decay. */
    public static final AdamWConfig DEFAULT =
            new AdamWConfig(0.9, 0.999, 1e-8, 0, WeightDecayScope.EVERYTHING);

    /**
     * Checks the constants.
     *
     * @throws IllegalArgumentException if a constant is out of its range
     */
    public AdamWConfig {
        requireBeta("beta1", beta1);
        requireBeta("beta2", beta2);
        if (!(epsilon > 0) || Double.isInfinite(epsilon)) {
            throw new IllegalArgumentException("AdamW's epsilon must be above 0, not " + epsilon);
        }
        if (!(weightDecay >= 0) || Double.isInfinite(weightDecay)) {
            throw new IllegalArgumentException(
                    "the weight decay must be 0 or more, not " + weightDecay);
        }
    }

    /**
     * Returns the same with another weight decay.
     *
     * @param changed decoupled weight decay per unit of learning rate, at least 0
     * @return a changed copy
     */
    public AdamWConfig withWeightDecay(double changed) {
        return new AdamWConfig(beta1, beta2, epsilon, changed, scope);
    }

    private static void requireBeta(String name, double beta) {
        if (!(beta >= 0 && beta < 1)) {
            throw new IllegalArgumentException(
                    "AdamW's " + name + " must be in [0, 1), not " + beta);
        }
    }
}
