package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.base.GradientMode;
import io.zigma.diffusion.Interpolant;
import io.zigma.diffusion.Prediction;
import io.zigma.diffusion.TimeInterval;

/**
 * Follows the velocity from noise to data: the probability-flow ODE. The same noise always gives
 * the same sample.
 *
 * @param method how the ODE is solved
 * @param steps the number of equal steps, at least 1; dopri5 chooses its own and reports at the end
 *     of each of these
 * @param relativeTolerance of an adaptive method, positive
 * @param absoluteTolerance of an adaptive method, positive
 */
public record OdeSampler(
        OdeMethod method, int steps, double relativeTolerance, double absoluteTolerance)
        implements Sampler {

    private static final double USUAL_RELATIVE = 1e-3;
    private static final double USUAL_ABSOLUTE = 1e-6;

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
     * Makes a sampler with the official tolerances, 1e-3 relative and 1e-6 absolute.
     *
     * @param method how the ODE is solved
     * @param steps the number of steps, at least 1
     * @throws IllegalArgumentException if there is no step
     */
    public OdeSampler(OdeMethod method, int steps) {
        this(method, steps, USUAL_RELATIVE, USUAL_ABSOLUTE);
    }

    @Override
    public String label() {
        return method.label();
    }

    @Override
    public boolean adaptive() {
        return method == OdeMethod.DOPRI5;
    }

    @Override
    public NDArray sample(
            ModelFunction model,
            Prediction prediction,
            Interpolant path,
            NDArray noise,
            NoiseSource stepNoise,
            StepListener listener) {
        TimeInterval interval = TimeInterval.ode(path, prediction);
        return follow(new Dynamics(model, prediction, path), noise, interval, listener);
    }

    /**
     * Finds the noise that data comes from, by following the velocity backwards. Sampling from the
     * result gives the data back, up to the method's error. (The official {@code reverse=True} does
     * not: it also mirrors the time the model sees.)
     *
     * @param model the model
     * @param prediction what its output means
     * @param path the path it was trained on
     * @param data where to start (B, …); left as it is
     * @param listener hears of every step and can stop it all by throwing
     * @return noise of the data's shape, on the data's manager
     * @throws IllegalArgumentException if the model changes the shape
     * @throws ArithmeticException if an adaptive method cannot reach its tolerances
     */
    public NDArray invert(
            ModelFunction model,
            Prediction prediction,
            Interpolant path,
            NDArray data,
            StepListener listener) {
        TimeInterval interval = TimeInterval.ode(path, prediction).reversed();
        return follow(new Dynamics(model, prediction, path), data, interval, listener);
    }

    /** The method with its tolerances. */
    OdeSolver solver() {
        return method.solver(relativeTolerance, absoluteTolerance);
    }

    private NDArray follow(
            Dynamics dynamics, NDArray start, TimeInterval interval, StepListener listener) {
        double[] times = interval.points(steps + 1);
        OdeSolver solver = solver();
        OdeSolver.Observer observer =
                (index, x, base, slope, baseTime) -> {
                    try (NDArray estimate =
                            dynamics.path().dataFromVelocity(slope, base, baseTime)) {
                        listener.afterStep(
                                new StepListener.Step(index, steps, times[index], x, estimate));
                    }
                };
        return GradientMode.off(() -> solver.solve(dynamics::velocity, start, times, observer));
    }

    private static void requirePositive(String which, double tolerance) {
        if (!(tolerance > 0) || Double.isInfinite(tolerance)) {
            throw new IllegalArgumentException(
                    "the %s tolerance must be a positive number, not %s"
                            .formatted(which, tolerance));
        }
    }
}
