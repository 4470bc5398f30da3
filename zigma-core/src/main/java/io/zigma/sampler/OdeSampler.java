package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.base.GradientMode;
import io.zigma.base.Setting;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.TimeInterval;
import java.util.Map;
import java.util.Optional;

/**
 * Follows the velocity from noise to data: the probability-flow ODE. The same noise always gives
 * the same sample.
 *
 * @param method how the ODE is solved
 * @param steps the number of equal steps, at least 1; dopri5 chooses its own and reports at the end
 *     of each of these
 * @param relativeTolerance of an adaptive method, positive
 * @param absoluteTolerance of an adaptive method, positive
 * @param inverse whether to invert, from data to the noise they come from
 */
public record OdeSampler(
        OdeMethod method,
        int steps,
        double relativeTolerance,
        double absoluteTolerance,
        boolean inverse)
        implements Sampler {

    static final double RELATIVE = 1e-3;
    static final double ABSOLUTE = 1e-6;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if there is no step or a tolerance is not a positive number
     */
    public OdeSampler {
        if (steps < 1) {
            throw new IllegalArgumentException("sampling takes at least 1 step, not " + steps);
        }
        requirePositive("relative", relativeTolerance);
        requirePositive("absolute", absoluteTolerance);
    }

    /**
     * Makes a sampler from noise to data.
     *
     * @param method how the ODE is solved
     * @param steps the number of steps, at least 1
     * @param relativeTolerance of an adaptive method, positive
     * @param absoluteTolerance of an adaptive method, positive
     * @throws IllegalArgumentException if there is no step or a tolerance is not a positive number
     */
    public OdeSampler(
            OdeMethod method, int steps, double relativeTolerance, double absoluteTolerance) {
        this(method, steps, relativeTolerance, absoluteTolerance, false);
    }

    /**
     * Makes a sampler with the official tolerances, 1e-3 relative and 1e-6 absolute.
     *
     * @param method how the ODE is solved
     * @param steps the number of steps, at least 1
     * @throws IllegalArgumentException if there is no step
     */
    public OdeSampler(OdeMethod method, int steps) {
        this(method, steps, RELATIVE, ABSOLUTE);
    }

    @Override
    public String label() {
        return method.label();
    }

    @Override
    public SamplerSpec spec() {
        Map<String, String> options =
                method.adaptive()
                        ? Map.of(
                                OdeSamplerKind.RTOL.name(), Setting.plain(relativeTolerance),
                                OdeSamplerKind.ATOL.name(), Setting.plain(absoluteTolerance),
                                OdeSamplerKind.INVERSE.name(), Boolean.toString(inverse))
                        : Map.of(OdeSamplerKind.INVERSE.name(), Boolean.toString(inverse));
        return new SamplerSpec(label(), steps, options);
    }

    @Override
    public boolean adaptive() {
        return method.adaptive();
    }

    /**
     * Samples; or, inverse, finds the noise that data come from, by following the velocity
     * backwards from the start, whose time is then that of data. Sampling from the result
     * reproduces the data, up to the method's error. (The official {@code reverse=True} does not:
     * it also mirrors the time that the network sees.)
     */
    @Override
    public NDArray sample(
            Denoiser model,
            DiffusionProcess process,
            Start start,
            NoiseSource noise,
            StepListener listener) {
        TimeInterval whole = process.samplingInterval();
        double progress = process.progress(start.t());
        TimeInterval interval = inverse ? whole.until(progress).reversed() : whole.from(progress);
        double[] times = interval.points(steps + 1);
        Flow flow = new Flow(model, process);
        OdeSolver solver = solver();
        OdeSolver.Observer observer =
                (index, x, previous, velocity, previousTime) -> {
                    try (NDArray estimate =
                            flow.path().dataFromVelocity(velocity, previous, previousTime)) {
                        listener.afterStep(
                                new StepListener.Step(
                                        index, steps, process.time(times[index]), x, estimate));
                    }
                };
        return GradientMode.off(() -> solver.solve(flow::velocity, start.x(), times, observer));
    }

    @Override
    public Optional<Sampler> inversion() {
        return Optional.of(inverse ? this : inverted());
    }

    /**
     * Returns the sampler of the opposite direction.
     *
     * @return from data to noise, or from noise to data if this goes from data to noise
     */
    public OdeSampler inverted() {
        return new OdeSampler(method, steps, relativeTolerance, absoluteTolerance, !inverse);
    }

    /** The method with its tolerances. */
    OdeSolver solver() {
        return method.solver(relativeTolerance, absoluteTolerance);
    }

    private static void requirePositive(String which, double tolerance) {
        if (!(tolerance > 0) || Double.isInfinite(tolerance)) {
            throw new IllegalArgumentException(
                    "the %s tolerance must be a positive number, not %s"
                            .formatted(which, tolerance));
        }
    }
}
