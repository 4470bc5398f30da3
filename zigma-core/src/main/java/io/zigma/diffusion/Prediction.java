package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;
import io.zigma.base.Named;

/**
 * What a model's output means, and how to get everything else out of it.
 *
 * <p>Shapes, times and ownership are those of {@link Interpolant}; a conversion that has nothing to
 * do returns the output itself.
 */
public enum Prediction implements Named {
    /** The velocity dx/dt. */
    VELOCITY("velocity") {
        @Override
        public NDArray velocity(Interpolant path, NDArray output, NDArray x, double... t) {
            return output;
        }

        @Override
        public NDArray score(Interpolant path, NDArray output, NDArray x, double... t) {
            return path.scoreFromVelocity(output, x, t);
        }

        @Override
        public NDArray noise(Interpolant path, NDArray output, NDArray x, double... t) {
            return path.noiseFromVelocity(output, x, t);
        }

        @Override
        public NDArray data(Interpolant path, NDArray output, NDArray x, double... t) {
            return path.dataFromVelocity(output, x, t);
        }

        @Override
        public NDArray scaledScore(
                Interpolant path,
                DiffusionCoefficient diffusion,
                NDArray output,
                NDArray x,
                double... t) {
            return Blend.of(
                    output,
                    s -> perSigmaWronskian(path, diffusion, s) * path.alpha(s),
                    x,
                    s -> -perSigmaWronskian(path, diffusion, s) * path.alphaRate(s),
                    t);
        }
    },
    /** The noise in x. */
    NOISE("noise") {
        @Override
        public NDArray velocity(Interpolant path, NDArray output, NDArray x, double... t) {
            return path.velocityFromNoise(output, x, t);
        }

        @Override
        public NDArray score(Interpolant path, NDArray output, NDArray x, double... t) {
            return path.scoreFromNoise(output, t);
        }

        @Override
        public NDArray noise(Interpolant path, NDArray output, NDArray x, double... t) {
            return output;
        }

        @Override
        public NDArray data(Interpolant path, NDArray output, NDArray x, double... t) {
            return path.dataFromNoise(output, x, t);
        }

        @Override
        public NDArray scaledScore(
                Interpolant path,
                DiffusionCoefficient diffusion,
                NDArray output,
                NDArray x,
                double... t) {
            return Blend.scale(output, s -> -diffusion.overSigma(path, s), t);
        }
    },
    /** The score ∇ log p_t(x). */
    SCORE("score") {
        @Override
        public NDArray velocity(Interpolant path, NDArray output, NDArray x, double... t) {
            return path.velocityFromScore(output, x, t);
        }

        @Override
        public NDArray score(Interpolant path, NDArray output, NDArray x, double... t) {
            return output;
        }

        @Override
        public NDArray noise(Interpolant path, NDArray output, NDArray x, double... t) {
            return path.noiseFromScore(output, t);
        }

        @Override
        public NDArray data(Interpolant path, NDArray output, NDArray x, double... t) {
            return path.dataFromScore(output, x, t);
        }

        @Override
        public NDArray scaledScore(
                Interpolant path,
                DiffusionCoefficient diffusion,
                NDArray output,
                NDArray x,
                double... t) {
            return Blend.scale(output, s -> diffusion.at(path, s), t);
        }
    };

    private final String label;

    Prediction(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }

    /**
     * Finds the prediction that a user named.
     *
     * @param name {@code velocity}, {@code noise} or {@code score}, in any case
     * @return the prediction
     * @throws IllegalArgumentException if there is none of that name; the message lists all
     */
    public static Prediction parse(String name) {
        return Named.parse("prediction", name, values());
    }

    /**
     * Converts a model's output to the velocity of the probability-flow ODE.
     *
     * @param path the path the model was trained on
     * @param output the model's output (B, …)
     * @param x what the model saw (B, …)
     * @param t the times, B or one
     * @return dx/dt (B, …)
     */
    public abstract NDArray velocity(Interpolant path, NDArray output, NDArray x, double... t);

    /**
     * Converts a model's output to the score.
     *
     * @param path the path the model was trained on
     * @param output the model's output (B, …)
     * @param x what the model saw (B, …)
     * @param t the times, B or one
     * @return ∇ log p_t(x) (B, …)
     */
    public abstract NDArray score(Interpolant path, NDArray output, NDArray x, double... t);

    /**
     * Converts a model's output to the noise in x.
     *
     * @param path the path the model was trained on
     * @param output the model's output (B, …)
     * @param x what the model saw (B, …)
     * @param t the times, B or one
     * @return the noise (B, …)
     */
    public abstract NDArray noise(Interpolant path, NDArray output, NDArray x, double... t);

    /**
     * Converts a model's output to the data it points at.
     *
     * @param path the path the model was trained on
     * @param output the model's output (B, …)
     * @param x what the model saw (B, …)
     * @param t the times, B or one
     * @return the estimate of the clean data (B, …)
     */
    public abstract NDArray data(Interpolant path, NDArray output, NDArray x, double... t);

    /**
     * Returns w·score, which stays finite at the data where w vanishes as fast as σ although the
     * score alone does not.
     *
     * @param path the path the model was trained on
     * @param diffusion w
     * @param output the model's output (B, …)
     * @param x what the model saw (B, …)
     * @param t the times, B or one
     * @return w(t)·∇ log p_t(x) (B, …)
     */
    public abstract NDArray scaledScore(
            Interpolant path,
            DiffusionCoefficient diffusion,
            NDArray output,
            NDArray x,
            double... t);

    /** Returns w/(σW), by way of w/σ where σW is 0. */
    private static double perSigmaWronskian(
            Interpolant path, DiffusionCoefficient diffusion, double t) {
        double denominator = path.sigmaWronskian(t);
        return denominator > 0
                ? diffusion.at(path, t) / denominator
                : diffusion.overSigma(path, t) / path.wronskian(t);
    }
}
