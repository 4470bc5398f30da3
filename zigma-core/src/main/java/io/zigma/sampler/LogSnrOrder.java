package io.zigma.sampler;

/** What the solvers in the half log-SNR have in common: an order, and the steps that it takes. */
final class LogSnrOrder {

    private LogSnrOrder() {}

    /**
     * Checks order and steps.
     *
     * @param solver its name, for messages
     * @param order 1, 2 or 3
     * @param steps at least as many as the order
     * @param noiseInRange whether the noise prediction is used together with thresholding
     * @throws IllegalArgumentException if they do not fit
     */
    static void require(String solver, int order, int steps, boolean noiseInRange) {
        if (order < 1 || order > 3) {
            throw new IllegalArgumentException(
                    "%s has order 1, 2 or 3, not %s".formatted(solver, order));
        }
        if (steps < 1 || steps < order) {
            throw new IllegalArgumentException(
                    "%s of order %s takes at least %s steps, not %s; ask for a lower order or more"
                            .formatted(solver, order, order, steps));
        }
        if (noiseInRange) {
            throw new IllegalArgumentException(
                    "thresholding clips predicted data; leave it out with prediction=noise");
        }
    }
}
