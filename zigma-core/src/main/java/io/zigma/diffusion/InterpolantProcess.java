package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;
import io.zigma.base.Setting;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A network that predicts something along an interpolant (SiT 2024; official {@code Transport}).
 * Time runs from noise at 0 to data at 1.
 *
 * @param interpolant the path
 * @param prediction which quantity the network predicts
 * @param weight how the loss of a noise or score network depends on time; the others have none
 * @param noiseScale standard deviation of the noise, 1, or more for larger images (JiT: 2 at 512
 *     pixels)
 * @param leastSigma for predicted data: lower bound of the σ (of noise of size 1) that is divided
 *     by where they become a velocity (Li and He 2025, "JiT", 0.05), in loss and sampling alike
 * @param networkTime the number that the network is given for a time
 */
public record InterpolantProcess(
        InterpolantKind interpolant,
        Prediction prediction,
        LossWeight weight,
        double noiseScale,
        double leastSigma,
        NetworkTime networkTime)
        implements DiffusionProcess {

    /** JiT's own. */
    public static final double LEAST_SIGMA = 0.05;

    /**
     * Checks that the values fit together.
     *
     * @throws IllegalArgumentException if a weight is given for a loss that takes none, the noise
     *     is not a positive number or the least σ is not in [0, 1)
     */
    public InterpolantProcess {
        if (weight != LossWeight.NONE && !prediction.takesWeight()) {
            throw new IllegalArgumentException(
                    "a %s loss takes no weight; leave out %s, or predict noise or score"
                            .formatted(prediction.label(), weight.label()));
        }
        if (!(noiseScale > 0) || Double.isInfinite(noiseScale)) {
            throw new IllegalArgumentException(
                    "the noise's standard deviation must be a positive number, not " + noiseScale);
        }
        if (!(leastSigma >= 0 && leastSigma < 1)) {
            throw new IllegalArgumentException(
                    "the least sigma must be at least 0 and below 1, not " + leastSigma);
        }
    }

    /**
     * Makes a process whose network is given the time itself.
     *
     * @param interpolant the path
     * @param prediction which quantity the network predicts
     * @param weight how the loss depends on time
     * @param noiseScale standard deviation of the noise
     * @param leastSigma for predicted data: lower bound of the σ that is divided by
     * @throws IllegalArgumentException if the values do not fit together
     */
    public InterpolantProcess(
            InterpolantKind interpolant,
            Prediction prediction,
            LossWeight weight,
            double noiseScale,
            double leastSigma) {
        this(interpolant, prediction, weight, noiseScale, leastSigma, NetworkTime.PROGRESS);
    }

    /**
     * Makes a process with noise of variance 1.
     *
     * @param interpolant the path
     * @param prediction which quantity the network predicts
     * @param weight how the loss depends on time
     * @throws IllegalArgumentException if a weight is given for a loss that takes none
     */
    public InterpolantProcess(
            InterpolantKind interpolant, Prediction prediction, LossWeight weight) {
        this(interpolant, prediction, weight, 1, LEAST_SIGMA);
    }

    /**
     * Makes a process with noise of variance 1 whose loss does not depend on time.
     *
     * @param interpolant the path
     * @param prediction which quantity the network predicts
     */
    public InterpolantProcess(InterpolantKind interpolant, Prediction prediction) {
        this(interpolant, prediction, LossWeight.NONE);
    }

    @Override
    public ProcessKind kind() {
        return InterpolantProcessKind.INSTANCE;
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("path", interpolant.label());
        values.put("prediction", prediction.label());
        values.put("loss-weight", weight.label());
        values.put("noise-scale", Setting.plain(noiseScale));
        values.put("least-sigma", Setting.plain(leastSigma));
        if (networkTime != NetworkTime.PROGRESS) { // or it is as in earlier files
            values.put("network-time", networkTime.label());
        }
        return values;
    }

    @Override
    public String description() {
        return "%s interpolant, the model predicts %s%s"
                .formatted(
                        interpolant.label(),
                        prediction.label(),
                        networkTime == NetworkTime.PROGRESS
                                ? ""
                                : ", it is given times as in " + networkTime.label());
    }

    @Override
    public double start() {
        return 0;
    }

    @Override
    public double end() {
        return 1;
    }

    @Override
    public double progress(double t) {
        return t;
    }

    @Override
    public double time(double progress) {
        return progress;
    }

    @Override
    public double modelTime(double t) {
        return networkTime.of(t);
    }

    @Override
    public Interpolant path() {
        Interpolant path = interpolant.interpolant();
        return noiseScale == 1 ? path : new ScaledNoise(path, noiseScale);
    }

    @Override
    public TimeInterval samplingInterval() {
        return TimeInterval.ode(path(), prediction);
    }

    /**
     * Returns the times to train on.
     *
     * @return [0, 1] but for what {@link TimeInterval} leaves out at an end
     */
    public TimeInterval trainingInterval() {
        return TimeInterval.training(path(), prediction);
    }

    @Override
    public double trainingTime(double fraction) {
        return trainingInterval().at(fraction);
    }

    /** Even steps over the time range; the last one ends at the clean data. */
    @Override
    public NoiseLevels levels(Respacing respacing) {
        int count = respacing.count();
        TimeInterval interval = samplingInterval();
        double[] times = new double[count];
        for (int i = 0; i < count; i++) {
            times[i] = interval.at((double) (count - 1 - i) / count);
        }
        return NoiseLevels.of(this, times);
    }

    @Override
    public NDArray prior(NDArray noise) {
        return noiseScale == 1 ? noise : noise.mul(noiseScale);
    }

    @Override
    public Noised noised(NDArray data, NDArray noise, double... t) {
        NDArray x = path().mixed(data, noise, t);
        double[] modelTimes = Arrays.stream(t).map(this::modelTime).toArray();
        return new Noised(x, Blend.times(noise.getManager(), modelTimes), data, noise, t.clone());
    }

    @Override
    public NDArray loss(NDArray output, Noised at) {
        requireShape(output, at.x(), "training");
        return prediction.loss(this, output, at);
    }

    @Override
    public boolean comparesVelocities() {
        return prediction.comparesVelocities();
    }

    @Override
    public NDArray velocityError(NDArray output, Noised at) {
        if (!comparesVelocities()) {
            return DiffusionProcess.super.velocityError(output, at);
        }
        NDArray velocity = interpret(output, at.x(), at.times()).velocity();
        try (NDArray other = path().velocity(at.data(), at.noise(), at.times())) {
            return Blend.meanSquare(velocity.sub(other));
        }
    }

    @Override
    public Denoised interpret(NDArray output, NDArray x, double... t) {
        requireShape(output, x, "sampling");
        return new Denoised(
                new Denoised.PathPoint(path(), t, prediction == Prediction.DATA ? floor() : 0),
                prediction,
                output,
                x,
                null);
    }

    /** The lower bound of the σ that is divided by, given the noise's size. */
    double floor() {
        return noiseScale * leastSigma;
    }

    private static void requireShape(NDArray output, NDArray x, String what) {
        if (!output.getShape().equals(x.getShape())) {
            throw new IllegalArgumentException(
                    "the model turned %s into %s; %s needs the same shape"
                            .formatted(x.getShape(), output.getShape(), what));
        }
    }
}
