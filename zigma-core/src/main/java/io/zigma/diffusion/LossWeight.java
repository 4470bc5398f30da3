package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;
import io.zigma.base.Named;

/** How the loss of noise and score models depends on time (official {@code WeightType}). */
public enum LossWeight implements Named {
    /** The same weight at every time. */
    NONE("none") {
        @Override
        public double at(Interpolant path, double t) {
            return 1;
        }
    },
    /** (w/σ)² with w = σW/α: the error is measured as an error of velocity. */
    VELOCITY("velocity") {
        @Override
        public double at(Interpolant path, double t) {
            double ratio = path.wronskian(t) / path.alpha(t);
            return ratio * ratio;
        }
    },
    /** w/σ² with w = σW/α: the loss bounds the likelihood (Song et al. 2021b). */
    LIKELIHOOD("likelihood") {
        @Override
        public double at(Interpolant path, double t) {
            return path.wronskian(t) / (path.alpha(t) * path.sigma(t));
        }
    };

    private final String label;

    LossWeight(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }

    /**
     * Finds the weight that a user named.
     *
     * @param name {@code none}, {@code velocity} or {@code likelihood}, in any case
     * @return the weight
     * @throws IllegalArgumentException if there is none of that name; the message lists all
     */
    public static LossWeight parse(String name) {
        return Named.parse("loss weight", name, values());
    }

    /**
     * Returns the factor of the squared error.
     *
     * @param path the path that is trained on
     * @param t the time, inside {@link TimeInterval#training}
     * @return a positive number
     */
    public abstract double at(Interpolant path, double t);

    /** Multiplies each sample's loss (B) by its factor and closes it where it is replaced. */
    NDArray times(NDArray loss, Interpolant path, double[] t) {
        if (this == NONE) {
            return loss;
        }
        try (loss) {
            return Blend.scale(loss, s -> at(path, s), t); // (B)
        }
    }
}
