package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.GradientMode;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.TimeInterval;
import io.zigma.sampler.DifferentiableModel.Pullback;

/**
 * The log-density that the probability-flow ODE gives to data (Song et al. 2021, section 4.3 and
 * appendix D.2).
 *
 * <p>Along a solution of dx/dt = v(x, t) the density changes by d log p / dt = −∇·v (Chen et al.
 * 2018, theorem 1). So the ODE is solved from data to noise, whose density is known, and the change
 * along the trajectory is subtracted: log p(x) = log N(noise; 0, I) − (log p(noise) − log p(x)).
 * The divergence is estimated as εᵀJε with one random ε a sample (Hutchinson 1990; Grathwohl et al.
 * 2019, FFJORD), which is unbiased and costs one backward pass.
 *
 * <p>Differences from the official {@code sample_ode_likelihood}: ε is the same at all times, so
 * that the right-hand side is a function and the solver has its nominal order; the times are those
 * of sampling in reverse, where the official code mirrors an interval whose margins differ at the
 * two ends (VP) and so reaches the singular end; velocity and divergence come from one forward pass
 * instead of two.
 *
 * @param ode how the equation is solved: its method, steps and tolerances
 */
public record Likelihood(OdeSampler ode) {

    /** Gives the ε of an evaluation. */
    @FunctionalInterface
    interface Probes {
        /**
         * Returns ε (B, …) of the evaluation of that index, from 0; the caller must not close it.
         */
        NDArray at(int evaluation);
    }

    /**
     * Computes log-densities. Where samples have their steps in common ({@link
     * OdeSampler#adaptive}), a sample's result depends on the rest of the batch within the
     * tolerance.
     *
     * @param model the model
     * @param process what it was trained on
     * @param data the samples (B, …); not changed
     * @param probe ε (B, …), of independent entries with mean 0 and variance 1: random signs give
     *     the smallest variance; not changed
     * @param listener called after every step; it can cancel by throwing
     * @return densities, and the noise on the data's manager
     * @throws IllegalArgumentException if shapes differ, or the model changes them
     * @throws ArithmeticException if an adaptive method cannot reach its tolerances
     */
    public LogDensity of(
            DifferentiableModel model,
            DiffusionProcess process,
            NDArray data,
            NDArray probe,
            Progress listener) {
        if (!probe.getShape().equals(data.getShape())) {
            throw new IllegalArgumentException(
                    "the probe has shape %s, the data have %s"
                            .formatted(probe.getShape(), data.getShape()));
        }
        return of(model, process, data, evaluation -> probe, listener);
    }

    /** The same with another ε for each evaluation, as in the official code. */
    LogDensity of(
            DifferentiableModel model,
            DiffusionProcess process,
            NDArray data,
            Probes probes,
            Progress listener) {
        TimeInterval interval = process.samplingInterval().reversed();
        double[] times = interval.points(ode.steps() + 1);
        OdeSolver solver = ode.solver();
        Density density = new Density(model, process, probes, data.getShape());
        return GradientMode.off(
                () -> {
                    try (NDManager scope = data.getManager().newSubManager()) {
                        NDArray start = density.start(data);
                        start.attach(scope);
                        NDArray end =
                                solver.solve(
                                        density,
                                        start,
                                        times,
                                        (index, x, previous, velocity, time) ->
                                                listener.afterStep(index, ode.steps()));
                        return density.result(end, data.getManager());
                    }
                });
    }

    /** Called after each step; it cancels by throwing. */
    @FunctionalInterface
    public interface Progress {

        /** Does nothing. */
        Progress NONE = (step, steps) -> {};

        /**
         * Called after each step.
         *
         * @param step the step just taken, from 1
         * @param steps how many there will be
         */
        void afterStep(int step, int steps);
    }

    /**
     * Sample and log-density as one state (B, n + 1): the n values of a sample, then the change in
     * log-density since the data, per value. So the last column has the magnitude of the others,
     * for float32 and for an adaptive method's tolerance.
     */
    private static final class Density implements OdeSolver.Field {

        private final DifferentiableModel model;
        private final DiffusionProcess process;
        private final Probes probes;
        private final Shape shape; // (B, …)
        private final long batch;
        private final long values;
        private int evaluations;

        Density(DifferentiableModel model, DiffusionProcess process, Probes probes, Shape shape) {
            this.model = model;
            this.process = process;
            this.probes = probes;
            this.shape = shape;
            batch = shape.get(0);
            values = shape.size() / batch;
        }

        NDArray start(NDArray data) {
            try (NDArray flat = data.reshape(batch, values);
                    NDArray gained =
                            data.getManager()
                                    .zeros(
                                            new Shape(batch, 1),
                                            data.getDataType(),
                                            data.getDevice())) {
                return flat.concat(gained, 1); // (B, n + 1)
            }
        }

        @Override
        public NDArray at(NDArray state, double t) {
            try (NDManager scope = state.getManager().newSubManager()) {
                NDArray x = sample(state, scope);
                NDArray probe = probes.at(evaluations++).duplicate();
                probe.attach(scope);
                double time = process.time(t);
                NDArray times =
                        scope.full(new Shape(batch), (float) process.modelTime(time)); // (B)
                Pullback both = model.predict(x, times, probe);
                requireShape(both.output());
                requireShape(both.gradient());
                both.output().attach(scope);
                both.gradient().attach(scope);
                NDArray velocity = process.interpret(both.output(), x, time).velocity();
                // The velocity is linear in output and x without cross terms, so its derivative
                // follows from theirs by the same formula.
                NDArray pulled = process.interpret(both.gradient(), probe, time).velocity();
                velocity.attach(scope);
                pulled.attach(scope);
                NDArray product = pulled.mul(probe);
                NDArray divergence =
                        product.reshape(batch, values).sum(new int[] {1}, true); // εᵀJε (B, 1)
                NDArray rate =
                        velocity.reshape(batch, values)
                                .concat(divergence.div(-values), 1); // (B, n + 1)
                rate.attach(state.getManager());
                return rate;
            }
        }

        LogDensity result(NDArray end, NDManager owner) {
            NDArray noise = sample(end, owner);
            double[] z = numbers(noise);
            double[] nats = new double[(int) batch];
            try (NDList parts = end.split(new long[] {values}, 1)) {
                double[] gained = numbers(parts.get(1));
                for (int i = 0; i < nats.length; i++) {
                    nats[i] = standardNormal(z, i) - values * gained[i];
                }
            }
            return new LogDensity(nats, noise, evaluations);
        }

        /** log N(z; 0, I) of sample i. */
        private double standardNormal(double[] z, int i) {
            double squares = 0;
            for (int j = (int) (i * values); j < (i + 1) * values; j++) {
                squares += z[j] * z[j];
            }
            return -0.5 * (squares + values * Math.log(2 * Math.PI));
        }

        /** The samples in a state, contiguous and in their own shape. */
        private NDArray sample(NDArray state, NDManager owner) {
            try (NDList parts = state.split(new long[] {values}, 1);
                    NDArray flat = parts.get(0).duplicate()) {
                NDArray x = flat.reshape(shape);
                x.attach(owner);
                return x;
            }
        }

        private void requireShape(NDArray array) {
            if (!array.getShape().equals(shape)) {
                throw new IllegalArgumentException(
                        "the model turned %s into %s; a likelihood needs the same shape"
                                .formatted(shape, array.getShape()));
            }
        }

        private static double[] numbers(NDArray array) {
            Number[] boxed = array.toArray();
            double[] numbers = new double[boxed.length];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = boxed[i].doubleValue();
            }
            return numbers;
        }
    }
}
