package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A model's estimates for a noisy sample: the network's output, which quantity it predicts, and all
 * others that follow from it.
 *
 * <p>Each of {@link #data}, {@link #noise}, {@link #velocity} and {@link #score} is computed on
 * request, on the output's manager; the one that the network predicts is the output itself.
 */
public final class Denoised {

    private final PathPoint point;
    private final Prediction prediction;
    private final NDArray output;
    private final NDArray x;
    private final @Nullable NDArray variance;
    private @Nullable NDArray predicted; // if it is not the output
    private @Nullable Denoised unguided;
    private @Nullable NDArray gradient;

    /**
     * What is needed to convert an output.
     *
     * @param path α and σ
     * @param progress on that path, one for each sample or one for all
     * @param leastSigma lower bound of the σ that is divided by where data become a velocity
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record PathPoint(Interpolant path, double[] progress, double leastSigma) {}

    Denoised(
            PathPoint point,
            Prediction prediction,
            NDArray output,
            NDArray x,
            @Nullable NDArray variance) {
        this.point = point;
        this.prediction = prediction;
        this.output = output;
        this.x = x;
        this.variance = variance;
    }

    /**
     * Returns the network's output, without the channels of the variance.
     *
     * @return (B, …), of x's shape
     */
    public NDArray output() {
        return output;
    }

    /**
     * Returns the network's input.
     *
     * @return (B, …)
     */
    public NDArray x() {
        return x;
    }

    /**
     * Returns the clean data.
     *
     * @return the estimate (B, …)
     */
    public NDArray data() {
        return prediction.data(this);
    }

    /**
     * Returns the noise in x.
     *
     * @return the estimate (B, …), of variance 1
     */
    public NDArray noise() {
        return prediction.noise(this);
    }

    /**
     * Returns the velocity of the probability-flow ODE.
     *
     * @return dx/ds (B, …) with s the progress from noise to data
     */
    public NDArray velocity() {
        return prediction.velocity(this);
    }

    /**
     * Returns the score.
     *
     * @return ∇ log p_t(x) (B, …); not finite where σ is 0
     */
    public NDArray score() {
        return prediction.score(this);
    }

    /**
     * Returns w·score, which stays finite at the data where w vanishes as fast as σ although the
     * score alone does not.
     *
     * @param diffusion w
     * @return w·∇ log p_t(x) (B, …)
     */
    public NDArray scaledScore(DiffusionCoefficient diffusion) {
        return prediction.scaledScore(this, diffusion);
    }

    /**
     * Extrapolates from another estimate through this one: classifier-free guidance (Ho and
     * Salimans 2022). The network's outputs are combined; all conversions are affine, so guiding
     * one quantity guides all. The variance stays this one's.
     *
     * @param other the estimates for the same x without the condition
     * @param scale 1 for this, 0 for the other, both to the last bit; more to follow the condition
     *     more strongly
     * @return scale·this + (1 − scale)·other
     */
    public Denoised guided(Denoised other, double scale) {
        return guided(other, scale, 0);
    }

    /**
     * Extrapolates in some channels only; the others are this one's.
     *
     * @param other the estimates for the same x without the condition
     * @param scale 1 for this, 0 for the other; more to follow the condition more strongly
     * @param channels how many of the first channels, 0 for all
     * @return scale·this + (1 − scale)·other in these channels
     */
    public Denoised guided(Denoised other, double scale, int channels) {
        Denoised guided =
                new Denoised(
                        point,
                        prediction,
                        extrapolated(output, other.output, scale, channels),
                        x,
                        variance);
        if (predicted != null && other.predicted != null) {
            guided.predicted(extrapolated(predicted, other.predicted, scale, channels));
        }
        return guided;
    }

    /**
     * Mixes two estimates for the same x, with a weight for each sample: a model between two
     * conditions. The network's outputs are mixed; all conversions are affine, so mixing one
     * quantity mixes all. The variance stays this one's.
     *
     * @param other the estimates for the same x with the other condition
     * @param weights B numbers, 1 for this, 0 for the other, both to the last bit
     * @return weight·this + (1 − weight)·other, sample by sample
     * @throws IllegalArgumentException if there are not B weights
     */
    public Denoised mixed(Denoised other, double... weights) {
        Denoised mixed =
                new Denoised(point, prediction, mixed(output, other.output, weights), x, variance);
        if (predicted != null && other.predicted != null) {
            mixed.predicted(mixed(predicted, other.predicted, weights));
        }
        return mixed;
    }

    private static NDArray mixed(NDArray here, NDArray there, double... weights) {
        return Blend.of(here, weight -> weight, there, weight -> 1 - weight, weights);
    }

    /** Arrays are (B, C, H, W) or (B, F, C, H, W) where not all channels are meant. */
    private static NDArray extrapolated(NDArray here, NDArray there, double scale, int channels) {
        int axis = Math.max(1, here.getShape().dimension() - 3);
        if (channels == 0 || channels >= here.getShape().get(axis)) {
            // Weighted so that scales 0 and 1 return one side exactly.
            try (NDArray left = here.mul(scale);
                    NDArray right = there.mul(1 - scale)) {
                return left.add(right);
            }
        }
        long[] at = {channels};
        try (NDList parts = here.split(at, axis);
                NDList others = there.split(at, axis);
                NDArray first = extrapolated(parts.get(0), others.get(0), scale, 0)) {
            return first.concat(parts.get(1), axis);
        }
    }

    /**
     * Splits the estimates of a batch of two halves.
     *
     * @return of the first half, of the second half; on the manager of this
     */
    public Denoised[] halves() {
        NDList outputs = output.split(2);
        NDList xs = x.split(2);
        NDList variances = variance == null ? new NDList() : variance.split(2);
        Denoised[] halves = new Denoised[2];
        double[] progress = point.progress();
        int half = progress.length / 2;
        for (int i = 0; i < 2; i++) {
            double[] own =
                    progress.length == 1
                            ? progress
                            : Arrays.copyOfRange(progress, i * half, (i + 1) * half);
            halves[i] =
                    new Denoised(
                            new PathPoint(point.path(), own, point.leastSigma()),
                            prediction,
                            outputs.get(i),
                            xs.get(i),
                            variances.isEmpty() ? null : variances.get(i));
        }
        if (predicted != null) {
            NDList own = predicted.split(2);
            halves[0].predicted(own.get(0));
            halves[1].predicted(own.get(1));
        }
        return halves;
    }

    /**
     * Replaces the predicted data, by clipped ones for example, and changes all other quantities
     * accordingly.
     *
     * @param data the clean data (B, …)
     * @return a changed copy; the predicted variance stays. This itself where σ is 0, as x are the
     *     data there
     */
    public Denoised withData(NDArray data) {
        if (path().sigma(progress()[0]) == 0) {
            return this;
        }
        return new Denoised(
                        new PathPoint(path(), progress(), 0), Prediction.DATA, data, x, variance)
                .predicted(predicted());
    }

    /**
     * Returns the same estimates for another x.
     *
     * @param changed a sampler's replacement for x (B, …)
     * @return a changed copy
     */
    public Denoised withX(NDArray changed) {
        return new Denoised(point, prediction, output, changed, variance).predicted(predicted());
    }

    /**
     * Adds the gradient of a log-probability to the score (Dhariwal and Nichol 2021, algorithm 2):
     * the noise becomes noise − σ·gradient, and everything else accordingly.
     *
     * @param change the gradient at x (B, …)
     * @return a changed copy, which knows this as {@link #unguided}; where α is 0 and x contains
     *     nothing of the data, only that changes
     */
    public Denoised guidedBy(NDArray change) {
        Denoised guided = this;
        if (path().alpha(progress()[0]) != 0) {
            try (NDArray part = Blend.scale(change, path()::sigma, progress())) {
                NDArray noise = noise().sub(part);
                guided = new Denoised(point, Prediction.NOISE, noise, x, variance);
            }
        } else {
            guided = new Denoised(point, prediction, output, x, variance);
        }
        guided.predicted = predicted;
        guided.unguided = this;
        guided.gradient = change;
        return guided;
    }

    /**
     * Returns the estimates without the gradient of a log-probability.
     *
     * @return this where none was added
     */
    public Denoised unguided() {
        return unguided == null ? this : unguided;
    }

    /**
     * Returns the gradient of a log-probability that was added.
     *
     * @return (B, …), or null for none
     */
    public @Nullable NDArray gradient() {
        return gradient;
    }

    /**
     * Returns the network's prediction of the variance of the reverse step.
     *
     * @return (B, …), or null where it predicts none
     */
    public @Nullable NDArray variance() {
        return variance;
    }

    /** The network's own prediction, before guidance and clipping. */
    NDArray predicted() {
        return predicted == null ? output : predicted;
    }

    Denoised predicted(NDArray original) {
        predicted = original;
        return this;
    }

    Interpolant path() {
        return point.path();
    }

    double[] progress() {
        return point.progress();
    }

    double leastSigma() {
        return point.leastSigma();
    }
}
