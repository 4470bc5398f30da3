package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import io.zigma.base.Setting;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Denoising diffusion in T steps (Ho et al. 2020; Nichol and Dhariwal 2021): x_t = √ᾱ_t·data + √(1
 * − ᾱ_t)·noise, with ᾱ_t the product of 1 − β up to step t.
 *
 * <p>Time is the index of the step, from T − 1 (noise) to 0, where a little noise is left; between
 * two steps log ᾱ is linear. The network predicts the mean of the step from x_t to x_{t−1} in one
 * of several forms, and where the variance is learned, that in as many further channels.
 */
public final class Ddpm implements DiffusionProcess {

    // With rescaled times, a network of fewer or more steps is given times as if there were 1000.
    private static final double MODEL_STEPS = 1000;

    private final BetaSchedule schedule;
    private final DdpmMean mean;
    private final DdpmVariance variance;
    private final DdpmLoss loss;
    private final boolean rescaleTimes;
    private final int firstStep;
    private final DiscretePath path;
    private final NoiseLevels levels;

    /**
     * Describes a process whose network counts steps from 0.
     *
     * @param schedule β
     * @param mean how the network predicts the reverse step's mean
     * @param variance the reverse step's variance
     * @param loss what training minimises
     * @param rescaleTimes whether the network is given t·1000/T in place of t
     */
    public Ddpm(
            BetaSchedule schedule,
            DdpmMean mean,
            DdpmVariance variance,
            DdpmLoss loss,
            boolean rescaleTimes) {
        this(schedule, mean, variance, loss, rescaleTimes, 0);
    }

    /**
     * Describes a process.
     *
     * @param schedule β
     * @param mean how the network predicts the reverse step's mean
     * @param variance the reverse step's variance
     * @param loss what training minimises
     * @param rescaleTimes whether the network is given times as if there were 1000 steps
     * @param firstStep what the network is given for step 0, where all others follow: 0, or 1 in
     *     U-ViT
     */
    public Ddpm(
            BetaSchedule schedule,
            DdpmMean mean,
            DdpmVariance variance,
            DdpmLoss loss,
            boolean rescaleTimes,
            int firstStep) {
        this.firstStep = firstStep;
        this.schedule = schedule;
        this.mean = mean;
        this.variance = variance;
        this.loss = loss;
        this.rescaleTimes = rescaleTimes;
        double[] betas = schedule.betas();
        int steps = betas.length;
        double[] times = new double[steps];
        double[] alpha = new double[steps];
        double[] sigma = new double[steps];
        double[] logAlpha = new double[steps];
        double cumulated = 1;
        double log = 0;
        for (int i = 0; i < steps; i++) {
            times[i] = i;
            cumulated *= 1 - betas[i];
            log += 0.5 * Math.log1p(-betas[i]);
            alpha[i] = Math.sqrt(cumulated);
            sigma[i] = Math.sqrt(1 - cumulated);
            logAlpha[i] = log;
        }
        this.levels = new NoiseLevels(times, alpha, sigma);
        this.path = new DiscretePath(logAlpha);
    }

    /**
     * Returns the schedule of the noise.
     *
     * @return β
     */
    public BetaSchedule schedule() {
        return schedule;
    }

    /**
     * Returns how the network predicts the reverse step's mean.
     *
     * @return one of three forms
     */
    public DdpmMean mean() {
        return mean;
    }

    /**
     * Returns the reverse step's variance.
     *
     * @return fixed or learned
     */
    public DdpmVariance variance() {
        return variance;
    }

    /**
     * Returns all T steps.
     *
     * @return level i is step i
     */
    public NoiseLevels levels() {
        return levels;
    }

    @Override
    public ProcessKind kind() {
        return DdpmKind.DDPM;
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("schedule", schedule.form().label());
        values.put("steps", Integer.toString(schedule.steps()));
        values.put("beta-first", Setting.plain(schedule.first()));
        values.put("beta-last", Setting.plain(schedule.last()));
        values.put("mean", mean.label());
        values.put("variance", variance.label());
        values.put("loss", loss.label());
        values.put("rescale-times", Boolean.toString(rescaleTimes));
        if (firstStep != 0) { // or it is as in earlier files
            values.put("first-step", Integer.toString(firstStep));
        }
        return values;
    }

    @Override
    public double start() {
        return schedule.steps() - 1.0;
    }

    @Override
    public double end() {
        return 0;
    }

    @Override
    public Interpolant path() {
        return path;
    }

    @Override
    public double modelTime(double t) {
        double step = t + firstStep;
        return rescaleTimes ? step * (MODEL_STEPS / schedule.steps()) : step;
    }

    @Override
    public double alpha(double t) {
        return isStep(t) ? levels.alpha((int) t) : path.alphaAt(t);
    }

    @Override
    public double sigma(double t) {
        return isStep(t) ? levels.sigma((int) t) : path.sigmaAt(t);
    }

    @Override
    public double halfLogSnr(double t) {
        return path.halfLogSnrAt(t);
    }

    @Override
    public double timeOf(double halfLogSnr) {
        return path.stepOf(halfLogSnr);
    }

    @Override
    public double solverTime(double t) {
        return (t + 1) / schedule.steps();
    }

    @Override
    public double timeOfSolver(double solverTime) {
        return solverTime * schedule.steps() - 1;
    }

    @Override
    public TimeInterval samplingInterval() {
        return new TimeInterval(0, 1);
    }

    @Override
    public double trainingTime(double fraction) {
        return Math.min(schedule.steps() - 1.0, Math.floor(fraction * schedule.steps()));
    }

    @Override
    public int trainingSteps() {
        return schedule.steps();
    }

    @Override
    public NoiseLevels levels(Respacing respacing) {
        int[] steps = respacing.indices(schedule.steps());
        return NoiseLevels.of(this, Arrays.stream(steps).asDoubleStream().toArray());
    }

    @Override
    public int outputChannels(int channels) {
        return variance.learned() ? 2 * channels : channels;
    }

    @Override
    public Noised noised(NDArray data, NDArray noise, double... t) {
        Blend.requireBatch(data, noise, t);
        NDArray x = Blend.of(noise, this::sigma, data, this::alpha, t);
        double[] modelTimes = Arrays.stream(t).map(this::modelTime).toArray();
        return new Noised(x, Blend.times(noise.getManager(), modelTimes), data, noise, t.clone());
    }

    @Override
    public Denoised interpret(NDArray output, NDArray x, double... t) {
        return interpret(parts(output, x, "sampling"), x, t);
    }

    private Denoised interpret(Parts parts, NDArray x, double... t) {
        Denoised.PathPoint point =
                new Denoised.PathPoint(path, Arrays.stream(t).map(this::progress).toArray(), 0);
        NDArray predicted = parts.mean();
        return switch (mean) {
            case EPSILON -> new Denoised(point, Prediction.NOISE, predicted, x, parts.variance());
            case START -> new Denoised(point, Prediction.DATA, predicted, x, parts.variance());
            case PREVIOUS ->
                    new Denoised(
                                    point,
                                    Prediction.DATA,
                                    dataOf(predicted, x, t),
                                    x,
                                    parts.variance())
                            .predicted(predicted);
            case V ->
                    new Denoised(
                            point,
                            Prediction.NOISE,
                            Blend.of(predicted, this::alpha, x, this::sigma, t),
                            x,
                            parts.variance());
        };
    }

    /** x_0 from the posterior's mean, with the weights of all T levels. */
    private NDArray dataOf(NDArray previous, NDArray x, double... t) {
        return Blend.of(
                previous,
                s -> 1 / levels.dataWeight(level(s)),
                x,
                s -> -levels.xWeight(level(s)) / levels.dataWeight(level(s)),
                t);
    }

    private int level(double t) {
        return (int) Math.max(0, Math.min(start(), Math.rint(t)));
    }

    @Override
    public NDArray reverseMean(Denoised seen, NoiseLevels levels, double... level) {
        // the prediction is the mean if no steps are left out
        return mean == DdpmMean.PREVIOUS && levels.size() == this.levels.size()
                ? seen.predicted()
                : DiffusionProcess.super.reverseMean(seen, levels, level);
    }

    @Override
    public NDArray reverseLogVariance(Denoised seen, NoiseLevels levels, double... level) {
        return variance.logVariance(seen.variance(), seen.x(), levels, level);
    }

    @Override
    public NDArray reverseVariance(Denoised seen, NoiseLevels levels, double... level) {
        return variance.variance(seen.variance(), seen.x(), levels, level);
    }

    @Override
    public NDArray loss(NDArray output, Noised at) {
        NDArray result;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            result = lossOf(parts(output, at.x(), "training"), at);
            NDScope.unregister(result);
        }
        try (result) {
            return result.add(0); // a new array, which belongs to the outer scope
        }
    }

    private NDArray lossOf(Parts parts, Noised at) {
        double steps = schedule.steps();
        if (loss.isBound()) {
            NDArray bound = VariationalBound.terms(this, interpret(parts, at.x(), at.times()), at);
            return loss == DdpmLoss.RESCALED_KL ? Blend.scale(bound, s -> steps, 0) : bound;
        }
        NDArray squared = Blend.meanSquare(parts.mean().sub(target(at)));
        if (!variance.learned()) {
            return squared;
        }
        // the bound trains the variance only, not the mean
        Parts held = new Parts(parts.mean().stopGradient(), parts.variance());
        NDArray bound = VariationalBound.terms(this, interpret(held, at.x(), at.times()), at);
        return squared.add(
                loss == DdpmLoss.RESCALED_MSE
                        ? Blend.scale(bound, s -> steps / MODEL_STEPS, 0)
                        : bound);
    }

    /** The target of the network's mean prediction. */
    private NDArray target(Noised at) {
        return switch (mean) {
            case EPSILON -> at.noise();
            case START -> at.data();
            case V -> Blend.of(at.noise(), this::alpha, at.data(), s -> -sigma(s), at.times());
            case PREVIOUS ->
                    Blend.of(
                            at.data(),
                            s -> levels.dataWeight((int) s),
                            at.x(),
                            s -> levels.xWeight((int) s),
                            at.times());
        };
    }

    /** The network's prediction of the mean, and of the variance where it is learned. */
    private record Parts(NDArray mean, @Nullable NDArray variance) {}

    private Parts parts(NDArray output, NDArray x, String what) {
        if (!variance.learned()) {
            if (!output.getShape().equals(x.getShape())) {
                throw new IllegalArgumentException(
                        "the model turned %s into %s; %s needs the same shape"
                                .formatted(x.getShape(), output.getShape(), what));
            }
            return new Parts(output, null);
        }
        int axis = channelAxis(x);
        long[] twice = x.getShape().getShape().clone();
        twice[axis] *= 2;
        if (!Arrays.equals(twice, output.getShape().getShape())) {
            throw new IllegalArgumentException(
                    "the model turned %s into %s; %s with a learned variance needs twice the channels"
                            .formatted(x.getShape(), output.getShape(), what));
        }
        NDList halves = output.split(2, axis);
        return new Parts(halves.get(0), halves.get(1));
    }

    /** Channels come before the rows and columns. */
    private static int channelAxis(NDArray x) {
        return Math.max(1, x.getShape().dimension() - 3);
    }

    private boolean isStep(double t) {
        return t == Math.rint(t) && t >= 0 && t <= start();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Ddpm ddpm && ddpm.settings().equals(settings());
    }

    @Override
    public int hashCode() {
        return Objects.hash(settings());
    }

    @Override
    public String toString() {
        return "Ddpm" + settings();
    }
}
