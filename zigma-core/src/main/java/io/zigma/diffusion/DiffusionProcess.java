package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The path between noise and data, what a network is trained to predict on it, and how its output
 * is interpreted: an interpolant with a prediction, or DDPM with its betas, mean and variance.
 *
 * <p>A process has a time of its own, which runs from {@link #start} (noise) to {@link #end}
 * (data), up or down: 0 → 1 for interpolants, T − 1 → 0 in step indices for DDPM. The network is
 * given that time (but for {@link #modelTime}), a sampler follows it. What does not depend on the
 * unit is defined once in terms of {@link #path}, whose time is the progress from 0 (noise) to 1
 * (data).
 *
 * <p>Arrays are (B, …) of any rank and float type. Times are given as doubles, either one for each
 * sample or a single one for the whole batch. A result belongs to the manager of the first array
 * argument, gradients flow through it, and its intermediate arrays are already closed.
 */
public interface DiffusionProcess {

    /**
     * Returns the kind of this process in the registry, by which files name it.
     *
     * @return one of {@link Processes#KINDS}
     */
    ProcessKind kind();

    /**
     * Returns the values of its settings.
     *
     * @return by the names of the kind's settings
     */
    Map<String, String> settings();

    /**
     * Describes the process in a line.
     *
     * @return such as {@code linear interpolant, the model predicts velocity}
     */
    default String description() {
        return kind().name()
                + settings().entrySet().stream()
                        .map(setting -> ", " + setting.getKey() + " " + setting.getValue())
                        .collect(Collectors.joining());
    }

    /**
     * Returns where the noise is.
     *
     * @return a time
     */
    double start();

    /**
     * Returns where the data are.
     *
     * @return a time other than the start
     */
    double end();

    /**
     * Returns the process as a path over the progress from noise to data.
     *
     * @return α and σ, and all that follows from them
     */
    Interpolant path();

    /**
     * Converts a time to the progress.
     *
     * @param t a time from {@link #start} to {@link #end}
     * @return 0 at noise to 1 at data
     */
    default double progress(double t) {
        return (t - start()) / (end() - start());
    }

    /**
     * Converts a progress to the time.
     *
     * @param progress 0 at noise to 1 at data
     * @return a time from {@link #start} to {@link #end}
     */
    default double time(double progress) {
        return start() + progress * (end() - start());
    }

    /**
     * Returns the time that is the network's input.
     *
     * @param t a time
     * @return the time itself, if the process does not override this
     */
    default double modelTime(double t) {
        return t;
    }

    /**
     * Returns the weight of the data.
     *
     * @param t a time
     * @return α(t)
     */
    default double alpha(double t) {
        return path().alpha(progress(t));
    }

    /**
     * Returns the weight of the noise.
     *
     * @param t a time
     * @return σ(t)
     */
    default double sigma(double t) {
        return path().sigma(progress(t));
    }

    /**
     * Returns half the logarithm of the signal-to-noise ratio, the time of DPM-Solver (Lu et al.
     * 2022, equation 2.5).
     *
     * @param t a time
     * @return λ = log(α/σ), which grows from noise to data; ±∞ where one of the two is 0
     */
    default double halfLogSnr(double t) {
        return path().halfLogSnr(progress(t));
    }

    /**
     * Returns the time of a signal-to-noise ratio, the inverse of {@link #halfLogSnr}.
     *
     * @param halfLogSnr λ
     * @return a time
     */
    default double timeOf(double halfLogSnr) {
        return time(path().timeOf(halfLogSnr));
    }

    /**
     * Returns the time in the unit of fast solvers, that of the forward process, from 1 at the
     * noise to 0 at the clean data.
     *
     * @param t a time
     * @return 1 − progress, if the process does not override this
     */
    default double solverTime(double t) {
        return 1 - progress(t);
    }

    /**
     * Returns the time of a {@link #solverTime}.
     *
     * @param solverTime above 0 to 1
     * @return a time
     */
    default double timeOfSolver(double solverTime) {
        return time(1 - solverTime);
    }

    /**
     * Returns the interval of times over which the ODE can be solved.
     *
     * @return as progress
     */
    TimeInterval samplingInterval();

    /**
     * Returns a training time.
     *
     * @param fraction a number in [0, 1], distributed as training times should be
     * @return a time
     */
    double trainingTime(double fraction);

    /**
     * Returns how many different training times there are.
     *
     * @return T of a process with steps, 0 where time is continuous
     */
    default int trainingSteps() {
        return 0;
    }

    /**
     * Returns noise levels to step down one by one.
     *
     * @param respacing how many, and which
     * @return levels from near the data up to near the noise, the clean data not among them
     * @throws IllegalArgumentException if there are not so many
     */
    NoiseLevels levels(Respacing respacing);

    /**
     * Returns the mean of the reverse step from a level to the one below.
     *
     * @param seen the model's estimates at x there
     * @param levels all levels
     * @param level which of them, one for each sample or one for all
     * @return the posterior's mean given the predicted data (B, …), if the process does not
     *     override this
     */
    default NDArray reverseMean(Denoised seen, NoiseLevels levels, double... level) {
        return Blend.of(
                seen.data(),
                i -> levels.dataWeight((int) i),
                seen.x(),
                i -> levels.xWeight((int) i),
                level);
    }

    /**
     * Returns the logarithm of the variance of the reverse step from a level to the one below.
     *
     * @param seen the model's estimates at x there
     * @param levels all levels
     * @param level which of them, one for each sample or one for all
     * @return the posterior's (B or 1, 1, …), if the process does not override this; finite, so at
     *     level 0 that of level 1
     */
    default NDArray reverseLogVariance(Denoised seen, NoiseLevels levels, double... level) {
        return DdpmVariance.FIXED_SMALL.logVariance(null, seen.x(), levels, level);
    }

    /**
     * Returns the variance of the reverse step from a level to the one below.
     *
     * @param seen the model's estimates at x there
     * @param levels all levels
     * @param level which of them, one for each sample or one for all
     * @return the posterior's (B or 1, 1, …), if the process does not override this
     */
    default NDArray reverseVariance(Denoised seen, NoiseLevels levels, double... level) {
        return DdpmVariance.FIXED_SMALL.variance(null, seen.x(), levels, level);
    }

    /**
     * Returns the number of a network's output channels.
     *
     * @param channels of a sample
     * @return as many, or twice as many where it predicts a variance as well
     */
    default int outputChannels(int channels) {
        return channels;
    }

    /**
     * Returns what a sampler starts from.
     *
     * @param noise standard normal noise (B, …)
     * @return x at {@link #start} (B, …), the noise itself where its size is 1
     */
    default NDArray prior(NDArray noise) {
        return noise;
    }

    /**
     * Adds noise to data, for training and for starts between noise and data.
     *
     * @param data clean samples (B, …)
     * @param noise standard normal noise of the same shape; the results belong to its manager
     * @param t the times, one for each sample
     * @return x at these times
     * @throws IllegalArgumentException if the shapes differ or there are not B times
     */
    Noised noised(NDArray data, NDArray noise, double... t);

    /**
     * Returns the loss of each sample.
     *
     * @param output the network's output at {@code at.x()} (B, …)
     * @param at the batch from {@link #noised}
     * @return one loss for each sample (B), on the output's manager; gradients flow to the output
     * @throws IllegalArgumentException if the process cannot interpret an output of that shape
     */
    NDArray loss(NDArray output, Noised at);

    /**
     * Tells whether the loss compares velocities, which {@link #velocityError} needs.
     *
     * @return false if the process does not override this
     */
    default boolean comparesVelocities() {
        return false;
    }

    /**
     * Returns how far the velocity that a network predicts is from one on the way between given
     * noise and data, whether x is there or not.
     *
     * @param output the network's output at {@code at.x()} (B, …)
     * @param at where the network was asked, and the data and noise whose velocity it is compared
     *     with
     * @return the mean square for each sample (B), on the output's manager; gradients flow to the
     *     output
     * @throws IllegalArgumentException if the loss compares anything else than velocities
     */
    default NDArray velocityError(NDArray output, Noised at) {
        throw new IllegalArgumentException(
                "%s: no velocities are compared".formatted(description()));
    }

    /**
     * Interprets the network's output.
     *
     * @param output the network's output at x (B, …)
     * @param x its input (B, …)
     * @param t the times, B or one
     * @return the estimates of data, noise, velocity and score
     * @throws IllegalArgumentException if the process cannot interpret an output of that shape
     */
    Denoised interpret(NDArray output, NDArray x, double... t);
}
