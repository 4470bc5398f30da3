package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.base.GradientMode;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.NoiseLevels;
import io.zigma.diffusion.Respacing;
import java.util.function.Supplier;

/** Steps down (or up) the noise levels of a process, one evaluation of the model a level. */
final class DiscreteSteps {

    private DiscreteSteps() {}

    /** How x at one level gives x at the next. */
    @FunctionalInterface
    interface Rule {

        /**
         * Takes the step from a level; all arrays that it creates stay on x's manager.
         *
         * @param seen the model's estimates there
         * @param levels all levels
         * @param level the level that the step starts from
         * @param normal gives standard normal noise of x's shape; called at most once
         * @return x at the next level
         */
        NDArray next(Denoised seen, NoiseLevels levels, int level, Supplier<NDArray> normal);
    }

    /**
     * Returns the levels that remain from a start on.
     *
     * @param process the process
     * @param respacing which of its levels are visited
     * @param start where x is: at the process's start it is treated as noise of the first level
     *     that is visited, elsewhere its time becomes the first level
     */
    static NoiseLevels levels(DiffusionProcess process, Respacing respacing, Start start) {
        NoiseLevels all = process.levels(respacing);
        if (start.t() == process.start()) {
            return all;
        }
        int below = 0;
        while (below < all.size()
                && process.progress(all.time(below)) > process.progress(start.t())) {
            below++;
        }
        double[] times = new double[below + 1];
        for (int i = 0; i < below; i++) {
            times[i] = all.time(i);
        }
        times[below] = start.t();
        if (process.sigma(start.t()) == 0) {
            throw new IllegalArgumentException("there is no noise left to remove at the start");
        }
        return NoiseLevels.of(process, times);
    }

    /** Steps from the noisiest level to the clean data. */
    static NDArray descend(
            Denoiser model,
            DiffusionProcess process,
            NoiseLevels levels,
            NDArray start,
            NoiseSource noise,
            StepListener listener,
            Rule rule) {
        return GradientMode.off(
                () -> {
                    NDManager owner = start.getManager();
                    try (NDManager work = owner.newSubManager()) {
                        NDArray x = start.duplicate();
                        x.attach(work);
                        for (int level = levels.size() - 1; level >= 0; level--) {
                            double reached = level == 0 ? process.end() : levels.time(level - 1);
                            int index = levels.size() - level;
                            x =
                                    leave(
                                            model,
                                            levels,
                                            level,
                                            x,
                                            noise,
                                            rule,
                                            seen(listener, index, levels.size(), reached));
                        }
                        x.attach(owner);
                        return x;
                    }
                });
    }

    /** Steps from the level with the least noise, where x is, up to the noisiest. */
    static NDArray ascend(
            Denoiser model, NoiseLevels levels, NDArray start, StepListener listener, Rule rule) {
        NoiseSource none =
                (manager, shape) -> {
                    throw new IllegalStateException("inversion adds no noise");
                };
        return GradientMode.off(
                () -> {
                    NDManager owner = start.getManager();
                    try (NDManager work = owner.newSubManager()) {
                        NDArray x = start.duplicate();
                        x.attach(work);
                        for (int level = 0; level < levels.size() - 1; level++) {
                            double reached = levels.time(level + 1);
                            int index = level + 1;
                            x =
                                    leave(
                                            model,
                                            levels,
                                            level,
                                            x,
                                            none,
                                            rule,
                                            seen(listener, index, levels.size() - 1, reached));
                        }
                        x.attach(owner);
                        return x;
                    }
                });
    }

    /** Reports a step to the listener. */
    private interface Report {
        void of(NDArray next, NDArray estimate);
    }

    private static Report seen(StepListener listener, int index, int total, double reached) {
        return (next, estimate) ->
                listener.afterStep(new StepListener.Step(index, total, reached, next, estimate));
    }

    /** Takes one step and closes x; the result is on x's manager. */
    private static NDArray leave(
            Denoiser model,
            NoiseLevels levels,
            int level,
            NDArray x,
            NoiseSource noise,
            Rule rule,
            Report report) {
        NDManager work = x.getManager();
        try (NDManager scope = work.newSubManager()) {
            x.attach(scope);
            Denoised seen = model.at(x, levels.time(level));
            NDArray next = rule.next(seen, levels, level, () -> noise.next(scope, x.getShape()));
            report.of(next, seen.unguided().data());
            next.attach(work);
            return next;
        }
    }
}
