package io.zigma.diffusion;

/**
 * The times a model is trained on or sampled over, from start to end.
 *
 * <p>Training and sampling use the whole of [0, 1] where the velocity is bounded. Conversions from
 * noise or score divide by α at the noise and by σ at the data, and the velocity of VP is infinite
 * at the data: there a small margin is left out (official {@code create_transport} and {@code
 * check_interval}).
 *
 * @param start where it begins
 * @param end where it ends; before the start when time runs from data to noise
 */
public record TimeInterval(double start, double end) {

    private static final double SAMPLING_MARGIN = 1e-3;
    private static final double TRAINING_MARGIN = 1e-3;
    // σ grows like √(1 − t) on VP, so times much closer to 1 still have noise to train on.
    private static final double VP_TRAINING_MARGIN = 1e-5;

    /**
     * Checks that both ends are times.
     *
     * @throws IllegalArgumentException if an end is outside [0, 1] or the two are equal
     */
    public TimeInterval {
        if (!(start >= 0 && start <= 1 && end >= 0 && end <= 1) || start == end) {
            throw new IllegalArgumentException(
                    "times run between 0 and 1, not from %s to %s".formatted(start, end));
        }
    }

    /**
     * Returns the times to train on, with the default margin: 1e-5 on VP, else 1e-3.
     *
     * @param path the path to train on
     * @param prediction what the model predicts
     * @return an interval in [0, 1]
     */
    public static TimeInterval training(Interpolant path, Prediction prediction) {
        return training(path, prediction, steepAtData(path) ? VP_TRAINING_MARGIN : TRAINING_MARGIN);
    }

    /**
     * Returns the times to train on.
     *
     * @param path the path to train on
     * @param prediction what the model predicts
     * @param margin what to leave out at an end that needs it, in (0, 0.5)
     * @return an interval in [0, 1]
     * @throws IllegalArgumentException if the margin is out of range
     */
    public static TimeInterval training(Interpolant path, Prediction prediction, double margin) {
        requireMargin(margin);
        double start = singularAtNoise(path, prediction) ? margin : 0;
        double end = singularAtData(path, prediction) ? 1 - margin : 1;
        return new TimeInterval(start, end);
    }

    /**
     * Returns the times an ODE is solved over, with the default margin of 1e-3.
     *
     * @param path the path to sample
     * @param prediction what the model predicts
     * @return an interval in [0, 1]
     */
    public static TimeInterval ode(Interpolant path, Prediction prediction) {
        return ode(path, prediction, SAMPLING_MARGIN);
    }

    /**
     * Returns the times an ODE is solved over.
     *
     * @param path the path to sample
     * @param prediction what the model predicts
     * @param margin what to leave out at an end that needs it, in (0, 0.5)
     * @return an interval in [0, 1]
     * @throws IllegalArgumentException if the margin is out of range
     */
    public static TimeInterval ode(Interpolant path, Prediction prediction, double margin) {
        return training(path, prediction, margin); // the same ends are singular
    }

    /**
     * Returns the times an SDE is solved over, with the default margin of 1e-3.
     *
     * @param path the path to sample
     * @param prediction what the model predicts
     * @param diffusion how much noise is added
     * @param lastStepSize the size of the step without noise that follows, 0 for none
     * @return an interval in [0, 1]
     * @throws IllegalArgumentException if the last step is out of range
     */
    public static TimeInterval sde(
            Interpolant path,
            Prediction prediction,
            DiffusionCoefficient diffusion,
            double lastStepSize) {
        return sde(path, prediction, diffusion, lastStepSize, SAMPLING_MARGIN);
    }

    /**
     * Returns the times an SDE is solved over.
     *
     * <p>Where the diffusion is infinite at the noise (SBDM on Linear and GVP) the margin is left
     * out there even for a velocity; the official code starts at 0 and gets NaN.
     *
     * @param path the path to sample
     * @param prediction what the model predicts
     * @param diffusion how much noise is added
     * @param lastStepSize the size of the step without noise that follows, 0 for none
     * @param margin what to leave out at an end that needs it, in (0, 0.5)
     * @return an interval in [0, 1]
     * @throws IllegalArgumentException if the last step or the margin is out of range
     */
    public static TimeInterval sde(
            Interpolant path,
            Prediction prediction,
            DiffusionCoefficient diffusion,
            double lastStepSize,
            double margin) {
        if (!(lastStepSize >= 0 && lastStepSize < 1)) {
            throw new IllegalArgumentException(
                    "the last step's size must be at least 0 and below 1, not " + lastStepSize);
        }
        return training(path, prediction, margin).withNoise(path, diffusion, lastStepSize, margin);
    }

    /**
     * Returns the part of these times that an SDE is solved over, with the margin of 1e-3 where the
     * diffusion is infinite at the noise.
     *
     * @param path the path to sample
     * @param diffusion how much noise is added
     * @param lastStepSize the size of the step without noise that follows, 0 for none
     * @return an interval in [0, 1]
     */
    public TimeInterval withNoise(
            Interpolant path, DiffusionCoefficient diffusion, double lastStepSize) {
        return withNoise(path, diffusion, lastStepSize, SAMPLING_MARGIN);
    }

    private TimeInterval withNoise(
            Interpolant path, DiffusionCoefficient diffusion, double lastStepSize, double margin) {
        double from = Double.isInfinite(diffusion.at(path, 0)) ? margin : start;
        double to = lastStepSize > 0 ? 1 - lastStepSize : end;
        return new TimeInterval(from, to);
    }

    /**
     * Returns what is left of these times from a later start on.
     *
     * @param later a time in [0, 1]
     * @return from the later one of both starts to the same end
     * @throws IllegalArgumentException if nothing is left
     */
    public TimeInterval from(double later) {
        if (later >= end) {
            throw new IllegalArgumentException(
                    "sampling cannot start at %s of the way from noise to data: it ends at %s"
                            .formatted(later, end));
        }
        return later <= start ? this : new TimeInterval(later, end);
    }

    /**
     * Returns what is left of these times up to an earlier end.
     *
     * @param earlier a time in [0, 1]
     * @return from the same start to the earlier one of both ends
     * @throws IllegalArgumentException if nothing is left
     */
    public TimeInterval until(double earlier) {
        if (earlier <= start) {
            throw new IllegalArgumentException(
                    "sampling cannot be inverted from %s of the way from noise to data; give data"
                            .formatted(earlier));
        }
        return earlier >= end ? this : new TimeInterval(start, earlier);
    }

    /**
     * Returns the same times reversed, from data to noise.
     *
     * @return from {@code end} to {@code start}
     */
    public TimeInterval reversed() {
        return new TimeInterval(end, start);
    }

    /**
     * Returns the time at a fraction of the interval, for sampling training times.
     *
     * @param fraction from 0 at the start to 1 at the end
     * @return start + fraction·(end − start)
     */
    public double at(double fraction) {
        return start + fraction * (end - start);
    }

    /**
     * Returns evenly spaced times, both ends among them.
     *
     * @param count how many, at least 2
     * @return the times in order, the ends exact
     * @throws IllegalArgumentException if there are fewer than 2
     */
    public double[] points(int count) {
        if (count < 2) {
            throw new IllegalArgumentException("an interval has at least 2 points, not " + count);
        }
        double[] points = new double[count];
        for (int i = 0; i < count; i++) {
            points[i] = at((double) i / (count - 1));
        }
        points[count - 1] = end;
        return points;
    }

    private static boolean singularAtNoise(Interpolant path, Prediction prediction) {
        return (prediction == Prediction.NOISE || prediction == Prediction.SCORE)
                && path.alpha(0) == 0;
    }

    private static boolean singularAtData(Interpolant path, Prediction prediction) {
        return prediction == Prediction.NOISE
                || prediction == Prediction.SCORE
                || steepAtData(path);
    }

    private static boolean steepAtData(Interpolant path) {
        return Double.isInfinite(path.sigmaRate(1));
    }

    private static void requireMargin(double margin) {
        if (!(margin > 0 && margin < 0.5)) {
            throw new IllegalArgumentException(
                    "the margin left out of [0, 1] must be above 0 and below 0.5, not " + margin);
        }
    }
}
