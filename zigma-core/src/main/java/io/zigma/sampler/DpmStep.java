package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionProcess;
import java.util.ArrayList;
import java.util.List;

/**
 * One step of {@link DpmSolver}.
 *
 * @param from its first time
 * @param to its last time
 * @param order 1, 2 or 3
 * @param between the times in between at which the model is evaluated, {@code order} − 1 where a
 *     step uses none before it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record DpmStep(double from, double to, int order, double[] between) {

    /** How a step is taken. */
    @FunctionalInterface
    interface Rule {

        /**
         * Takes a step; all arrays that it creates stay on x's manager.
         *
         * @param x at the first time (B, …)
         * @param predicted the model's prediction there, data or noise
         * @param step the step
         * @param work owner of the arrays that the next step uses
         * @return x at the last time
         */
        NDArray take(NDArray x, NDArray predicted, DpmStep step, NDManager work);
    }

    /** Steps whose order grows to the solver's with the number of earlier evaluations. */
    static List<DpmStep> multistep(DpmSolver solver, DiffusionProcess process, double start) {
        int steps = solver.steps();
        double[] times = solver.grid().times(process, start, steps);
        List<DpmStep> plan = new ArrayList<>();
        for (int i = 1; i <= steps; i++) {
            int most =
                    solver.lowers(process)
                            ? Math.min(solver.order(), steps + 1 - i)
                            : solver.order();
            plan.add(new DpmStep(times[i - 1], times[i], Math.min(i, most), new double[0]));
        }
        return plan;
    }

    /** Steps of different orders that add up to the number of evaluations. */
    static List<DpmStep> fast(DpmSolver solver, DiffusionProcess process, double start) {
        List<Integer> orders = orders(solver.steps(), solver.order());
        LogSnrGrid grid = solver.grid();
        // even steps in λ; else the times between are those of an even grid too
        boolean even = grid.spacing() == LogSnrGrid.Spacing.LOG_SNR;
        double[] times = grid.times(process, start, even ? orders.size() : solver.steps());
        List<DpmStep> plan = new ArrayList<>();
        int place = 0;
        for (int order : orders) {
            int next = place + (even ? 1 : order);
            plan.add(step(process, grid.spacing(), times[place], times[next], order));
            place = next;
        }
        return plan;
    }

    /** Steps of the solver's order, as many as there are evaluations for. */
    static List<DpmStep> ofOneOrder(DpmSolver solver, DiffusionProcess process, double start) {
        int count = solver.steps() / solver.order();
        double[] times = solver.grid().times(process, start, count);
        List<DpmStep> plan = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            plan.add(
                    step(
                            process,
                            LogSnrGrid.Spacing.LOG_SNR,
                            times[i - 1],
                            times[i],
                            solver.order()));
        }
        return plan;
    }

    private static DpmStep step(
            DiffusionProcess process,
            LogSnrGrid.Spacing spacing,
            double from,
            double to,
            int order) {
        double[] between = new double[order - 1];
        for (int k = 0; k < between.length; k++) {
            between[k] = spacing.between(process, from, to, (k + 1.0) / order);
        }
        return new DpmStep(from, to, order, between);
    }

    /** The orders of steps that add up to a number of evaluations; the last ones are lower. */
    static List<Integer> orders(int evaluations, int order) {
        List<Integer> orders = new ArrayList<>();
        int left = evaluations;
        while (left > 0) {
            // three evaluations at the end are one step of second and one of first order
            int next = order == 3 && left == 3 ? 2 : Math.min(order, left);
            orders.add(next);
            left -= next;
        }
        return orders;
    }

    /**
     * Takes all steps.
     *
     * @param steps one after another
     * @param rule how each is taken
     * @param equation which of the model's predictions is used
     * @param model the model
     * @param start x at the first time; not changed
     * @param toZero whether the result is the data predicted at the end
     * @param listener called after every step
     * @return x at the last time, on the start's manager
     */
    static NDArray takeAll(
            List<DpmStep> steps,
            Rule rule,
            HalfLinear equation,
            Denoiser model,
            NDArray start,
            boolean toZero,
            StepListener listener) {
        int total = steps.size() + (toZero ? 1 : 0);
        NDManager owner = start.getManager();
        try (NDManager work = owner.newSubManager()) {
            NDArray x = start.duplicate();
            x.attach(work);
            for (int i = 0; i < steps.size(); i++) {
                DpmStep step = steps.get(i);
                try (NDManager scope = work.newSubManager()) {
                    x.attach(scope);
                    Denoised seen = model.at(x, step.from);
                    x = rule.take(x, equation.predicted(seen), step, work);
                    listener.afterStep(
                            new StepListener.Step(i + 1, total, step.to, x, seen.data()));
                    x.attach(work);
                }
            }
            if (toZero) {
                x = data(model, x, steps.get(steps.size() - 1).to, total, listener);
            }
            x.attach(owner);
            return x;
        }
    }

    /** The predicted data in place of x, which is closed. */
    static NDArray data(Denoiser model, NDArray x, double t, int total, StepListener listener) {
        NDManager work = x.getManager();
        try (NDManager scope = work.newSubManager()) {
            x.attach(scope);
            NDArray data = model.at(x, t).data();
            listener.afterStep(new StepListener.Step(total, total, t, data, data));
            data.attach(work);
            return data;
        }
    }
}
