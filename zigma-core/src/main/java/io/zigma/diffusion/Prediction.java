package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;
import io.zigma.base.Named;

/**
 * Which quantity a network predicts, how the others follow from it, and its loss.
 *
 * <p>Shapes, times and ownership are those of {@link Interpolant}; a conversion to the predicted
 * quantity returns the output itself.
 */
public enum Prediction implements Named {
    /** The velocity dx/dt. */
    VELOCITY("velocity") {
        @Override
        NDArray velocity(Denoised it) {
            return it.output();
        }

        @Override
        NDArray score(Denoised it) {
            return it.path().scoreFromVelocity(it.output(), it.x(), it.progress());
        }

        @Override
        NDArray noise(Denoised it) {
            return it.path().noiseFromVelocity(it.output(), it.x(), it.progress());
        }

        @Override
        NDArray data(Denoised it) {
            return it.path().dataFromVelocity(it.output(), it.x(), it.progress());
        }

        @Override
        NDArray scaledScore(Denoised it, DiffusionCoefficient diffusion) {
            Interpolant path = it.path();
            return Blend.of(
                    it.output(),
                    s -> perSigmaWronskian(path, diffusion, s) * path.alpha(s),
                    it.x(),
                    s -> -perSigmaWronskian(path, diffusion, s) * path.alphaRate(s),
                    it.progress());
        }

        @Override
        NDArray loss(InterpolantProcess process, NDArray output, Noised at) {
            try (NDArray target = process.path().velocity(at.data(), at.noise(), at.times())) {
                return Blend.meanSquare(output.sub(target));
            }
        }
    },
    /** The noise in x. */
    NOISE("noise") {
        @Override
        NDArray velocity(Denoised it) {
            return it.path().velocityFromNoise(it.output(), it.x(), it.progress());
        }

        @Override
        NDArray score(Denoised it) {
            return it.path().scoreFromNoise(it.output(), it.progress());
        }

        @Override
        NDArray noise(Denoised it) {
            return it.output();
        }

        @Override
        NDArray data(Denoised it) {
            return it.path().dataFromNoise(it.output(), it.x(), it.progress());
        }

        @Override
        NDArray scaledScore(Denoised it, DiffusionCoefficient diffusion) {
            return Blend.scale(it.output(), s -> -diffusion.overSigma(it.path(), s), it.progress());
        }

        @Override
        boolean takesWeight() {
            return true;
        }

        @Override
        NDArray loss(InterpolantProcess process, NDArray output, Noised at) {
            return process.weight()
                    .times(Blend.meanSquare(output.sub(at.noise())), process.path(), at.times());
        }
    },
    /** The score ∇ log p_t(x). */
    SCORE("score") {
        @Override
        NDArray velocity(Denoised it) {
            return it.path().velocityFromScore(it.output(), it.x(), it.progress());
        }

        @Override
        NDArray score(Denoised it) {
            return it.output();
        }

        @Override
        NDArray noise(Denoised it) {
            return it.path().noiseFromScore(it.output(), it.progress());
        }

        @Override
        NDArray data(Denoised it) {
            return it.path().dataFromScore(it.output(), it.x(), it.progress());
        }

        @Override
        NDArray scaledScore(Denoised it, DiffusionCoefficient diffusion) {
            return Blend.scale(it.output(), s -> diffusion.at(it.path(), s), it.progress());
        }

        @Override
        boolean takesWeight() {
            return true;
        }

        @Override
        NDArray loss(InterpolantProcess process, NDArray output, Noised at) {
            Interpolant path = process.path();
            try (NDArray scaled = Blend.scale(output, path::sigma, at.times())) {
                NDArray loss = Blend.meanSquare(scaled.add(at.noise()));
                return process.weight().times(loss, path, at.times());
            }
        }
    },
    /**
     * The data themselves, with the loss taken between velocities (Li and He 2025, "JiT", equation
     * 5): needed for large patches of pixels, because data are on a low-dimensional manifold and
     * noise is not.
     */
    DATA("data") {
        @Override
        NDArray velocity(Denoised it) {
            return it.path().velocityFromData(it.output(), it.x(), it.leastSigma(), it.progress());
        }

        @Override
        NDArray score(Denoised it) {
            return it.path().scoreFromData(it.output(), it.x(), it.progress());
        }

        @Override
        NDArray noise(Denoised it) {
            return it.path().noiseFromData(it.output(), it.x(), it.progress());
        }

        @Override
        NDArray data(Denoised it) {
            return it.output();
        }

        @Override
        NDArray scaledScore(Denoised it, DiffusionCoefficient diffusion) {
            Interpolant path = it.path();
            return Blend.of(
                    it.output(),
                    s -> perSquare(path, diffusion, s) * path.alpha(s),
                    it.x(),
                    s -> -perSquare(path, diffusion, s),
                    it.progress());
        }

        @Override
        NDArray loss(InterpolantProcess process, NDArray output, Noised at) {
            Interpolant path = process.path();
            double least = process.floor();
            try (NDArray error = output.sub(at.data())) {
                // both velocities contain the same x, so only the data differ
                return Blend.meanSquare(
                        Blend.scale(
                                error,
                                s -> path.wronskian(s) / Math.max(path.sigma(s), least),
                                at.times()));
            }
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
     * @param name {@code velocity}, {@code noise}, {@code score} or {@code data}, in any case
     * @return the prediction
     * @throws IllegalArgumentException if there is none of that name; the message lists all
     */
    public static Prediction parse(String name) {
        return Named.parse("prediction", name, values());
    }

    /** Returns the velocity of the probability-flow ODE (B, …). */
    abstract NDArray velocity(Denoised it);

    /** Returns ∇ log p_t(x) (B, …). */
    abstract NDArray score(Denoised it);

    /** Returns the noise in x (B, …). */
    abstract NDArray noise(Denoised it);

    /** Returns the estimate of the clean data (B, …). */
    abstract NDArray data(Denoised it);

    /** Returns w·∇ log p_t(x) (B, …). */
    abstract NDArray scaledScore(Denoised it, DiffusionCoefficient diffusion);

    /** Returns the loss of each sample (B). */
    abstract NDArray loss(InterpolantProcess process, NDArray output, Noised at);

    /** Whether the loss can have a weight. */
    boolean takesWeight() {
        return false;
    }

    /** Whether the loss is the mean square between two velocities. */
    boolean comparesVelocities() {
        return this == VELOCITY || this == DATA;
    }

    /** Returns w/σ², and 0 where no noise is left. */
    private static double perSquare(Interpolant path, DiffusionCoefficient diffusion, double t) {
        double sigma = path.sigma(t);
        return sigma > 0 ? diffusion.overSigma(path, t) / sigma : 0;
    }

    /** Returns w/(σW), by way of w/σ where σW is 0. */
    private static double perSigmaWronskian(
            Interpolant path, DiffusionCoefficient diffusion, double t) {
        double denominator = path.sigmaWronskian(t);
        return denominator > 0
                ? diffusion.at(path, t) / denominator
                : diffusion.overSigma(path, t) / path.wronskian(t);
    }
}
