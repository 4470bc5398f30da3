package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is believed about a noisy sample: what a network said, what that stands for, and everything
 * that follows from it.
 *
 * <p>Each of {@link #data}, {@link #noise}, {@link #velocity} and {@link #score} is worked out when
 * it is asked for, on the output's manager; the one that the network said is the output itself.
 */
public final class Denoised {

    private final Belief belief;
    private final Prediction stands;
    private final NDArray output;
    private final NDArray x;
    private final @Nullable NDArray variance;

    /**
     * What it takes to read an output.
     *
     * @param path α and σ
     * @param progress on that path, one for each sample or one for all
     * @param leastSigma what σ is divided by at least where data become a velocity
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Belief(Interpolant path, double[] progress, double leastSigma) {}

    Denoised(
            Belief belief,
            Prediction stands,
            NDArray output,
            NDArray x,
            @Nullable NDArray variance) {
        this.belief = belief;
        this.stands = stands;
        this.output = output;
        this.x = x;
        this.variance = variance;
    }

    /**
     * Returns the network's output, without what it says about the variance.
     *
     * @return (B, …), of x's shape
     */
    public NDArray output() {
        return output;
    }

    /**
     * Returns what the network saw.
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
        return stands.data(this);
    }

    /**
     * Returns the noise in x.
     *
     * @return the estimate (B, …), of variance 1
     */
    public NDArray noise() {
        return stands.noise(this);
    }

    /**
     * Returns the velocity of the probability-flow ODE.
     *
     * @return dx/ds (B, …) with s the progress from noise to data
     */
    public NDArray velocity() {
        return stands.velocity(this);
    }

    /**
     * Returns the score.
     *
     * @return ∇ log p_t(x) (B, …); not finite where σ is 0
     */
    public NDArray score() {
        return stands.score(this);
    }

    /**
     * Returns w·score, which stays finite at the data where w vanishes as fast as σ although the
     * score alone does not.
     *
     * @param diffusion w
     * @return w·∇ log p_t(x) (B, …)
     */
    public NDArray scaledScore(DiffusionCoefficient diffusion) {
        return stands.scaledScore(this, diffusion);
    }

    /**
     * Goes from another belief through this one and beyond: classifier-free guidance (Ho and
     * Salimans 2022). What the network said is blended, not what follows from it; all conversions
     * are affine, so guiding one of them guides all. The variance stays this one's.
     *
     * @param other what is believed of the same x without the condition
     * @param scale 1 for this, 0 for the other, both to the last bit; more to follow the condition
     *     harder
     * @return scale·this + (1 − scale)·other
     */
    public Denoised guided(Denoised other, double scale) {
        // Weighted so that scales 0 and 1 give back one side exactly.
        try (NDArray left = output.mul(scale);
                NDArray right = other.output.mul(1 - scale)) {
            return new Denoised(belief, stands, left.add(right), x, variance);
        }
    }

    /**
     * Splits what is believed of a batch of two halves.
     *
     * @return of the first half, of the second half; on the manager of this
     */
    public Denoised[] halves() {
        NDList outputs = output.split(2);
        NDList xs = x.split(2);
        NDList variances = variance == null ? new NDList() : variance.split(2);
        Denoised[] halves = new Denoised[2];
        double[] progress = belief.progress();
        int half = progress.length / 2;
        for (int i = 0; i < 2; i++) {
            double[] own =
                    progress.length == 1
                            ? progress
                            : Arrays.copyOfRange(progress, i * half, (i + 1) * half);
            halves[i] =
                    new Denoised(
                            new Belief(belief.path(), own, belief.leastSigma()),
                            stands,
                            outputs.get(i),
                            xs.get(i),
                            variances.isEmpty() ? null : variances.get(i));
        }
        return halves;
    }

    /**
     * Believes in other data, such as clipped ones, and in everything else accordingly.
     *
     * @param data the clean data (B, …)
     * @return a changed copy; what the network said about the variance stays
     */
    public Denoised withData(NDArray data) {
        return new Denoised(belief, Prediction.DATA, data, x, variance);
    }

    /**
     * Believes in other noise, and in everything else accordingly.
     *
     * @param noise the noise in x (B, …)
     * @return a changed copy; what the network said about the variance stays
     */
    public Denoised withNoise(NDArray noise) {
        return new Denoised(belief, Prediction.NOISE, noise, x, variance);
    }

    Interpolant path() {
        return belief.path();
    }

    double[] progress() {
        return belief.progress();
    }

    double leastSigma() {
        return belief.leastSigma();
    }
}
