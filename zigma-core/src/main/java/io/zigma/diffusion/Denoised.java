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
    private @Nullable NDArray said; // where it is not the output
    private @Nullable Denoised unguided;
    private @Nullable NDArray gradient;

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
            Denoised guided = new Denoised(belief, stands, left.add(right), x, variance);
            if (said != null && other.said != null) {
                try (NDArray saidHere = said.mul(scale);
                        NDArray saidThere = other.said.mul(1 - scale)) {
                    guided.said(saidHere.add(saidThere));
                }
            }
            return guided;
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
        if (said != null) {
            NDList own = said.split(2);
            halves[0].said(own.get(0));
            halves[1].said(own.get(1));
        }
        return halves;
    }

    /**
     * Believes in other data, such as clipped ones, and in everything else accordingly.
     *
     * @param data the clean data (B, …)
     * @return a changed copy; what the network said about the variance stays. This itself where σ
     *     is 0, as x are the data there
     */
    public Denoised withData(NDArray data) {
        if (path().sigma(progress()[0]) == 0) {
            return this;
        }
        return new Denoised(new Belief(path(), progress(), 0), Prediction.DATA, data, x, variance)
                .said(said());
    }

    /**
     * Believes the same of another x.
     *
     * @param changed what a sampler has in the place of x (B, …)
     * @return a changed copy
     */
    public Denoised withX(NDArray changed) {
        return new Denoised(belief, stands, output, changed, variance).said(said());
    }

    /**
     * Adds the gradient of a log-probability to the score (Dhariwal and Nichol 2021, algorithm 2):
     * the noise becomes noise − σ·gradient, and everything else accordingly.
     *
     * @param change the gradient at x (B, …)
     * @return a changed copy, which knows this as {@link #unguided}; where α is 0 and x says
     *     nothing of the data, nothing but that changes
     */
    public Denoised guidedBy(NDArray change) {
        Denoised guided = this;
        if (path().alpha(progress()[0]) != 0) {
            try (NDArray part = Blend.scale(change, path()::sigma, progress())) {
                NDArray noise = noise().sub(part);
                guided = new Denoised(belief, Prediction.NOISE, noise, x, variance);
            }
        } else {
            guided = new Denoised(belief, stands, output, x, variance);
        }
        guided.said = said;
        guided.unguided = this;
        guided.gradient = change;
        return guided;
    }

    /**
     * Returns what was believed before the gradient of a log-probability came in.
     *
     * @return this where none did
     */
    public Denoised unguided() {
        return unguided == null ? this : unguided;
    }

    /**
     * Returns the gradient of a log-probability that came in.
     *
     * @return (B, …), or null where none did
     */
    public @Nullable NDArray gradient() {
        return gradient;
    }

    /**
     * Returns what the network said about the variance of the reverse step.
     *
     * @return (B, …), or null where it says nothing
     */
    public @Nullable NDArray variance() {
        return variance;
    }

    /** What the network said itself, whatever was made of it. */
    NDArray said() {
        return said == null ? output : said;
    }

    Denoised said(NDArray original) {
        said = original;
        return this;
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
