package io.zigma.train.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import io.zigma.backbone.Backbone;
import io.zigma.condition.Condition;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.NoiseLevels;
import io.zigma.diffusion.Respacing;
import io.zigma.nn.Pass;
import io.zigma.sampler.Denoiser;
import io.zigma.sampler.Guidance;
import io.zigma.sampler.ModelDenoiser;
import io.zigma.sampler.NoiseSource;
import io.zigma.sampler.Sampler;
import io.zigma.sampler.Start;
import io.zigma.sampler.StepListener;
import io.zigma.train.config.Distillation;

/** Where a teacher comes by on its way from noise to data, at the times of the student's steps. */
final class TeacherPaths {

    private static final double SAME_TIME = 1e-6;

    private static final NoiseSource NO_NOISE =
            (manager, shape) -> {
                throw new IllegalStateException("a teacher's path adds no noise");
            };

    private final Backbone teacher;
    private final DiffusionProcess process;
    private final Distillation distillation;
    private final double[] times;

    /**
     * Prepares to sample from a teacher.
     *
     * @param teacher its model
     * @param process what it was trained on
     * @param distillation how it samples
     */
    TeacherPaths(Backbone teacher, DiffusionProcess process, Distillation distillation) {
        this.teacher = teacher;
        this.process = process;
        this.distillation = distillation;
        NoiseLevels levels = process.levels(Respacing.even(distillation.steps()));
        this.times = new double[distillation.steps() + 1];
        for (int step = 0; step < distillation.steps(); step++) {
            times[step] = levels.time(levels.size() - 1 - step);
        }
        times[distillation.steps()] = process.end();
    }

    /**
     * Returns where the student's steps begin and the last one ends.
     *
     * @return times in the process's unit, one more than there are steps
     */
    double[] times() {
        return times.clone();
    }

    /**
     * Samples.
     *
     * @param noise standard normal noise (n, …)
     * @param both the condition of each path and then, for guidance, its null condition (2n, …)
     * @return x at each of the {@link #times}, n samples' numbers one after the other
     * @throws IllegalArgumentException if the teacher's steps do not pass these times
     */
    float[][] from(NDArray noise, Condition both) {
        float[][] states = new float[times.length][];
        try (NDManager scope = noise.getManager().newSubManager()) {
            NDArray own = noise.duplicate();
            own.attach(scope);
            Start start = Start.from(process, own);
            states[0] = start.x().toFloatArray();
            Sampler sampler = distillation.teacher().spec().create();
            StepListener listener = step -> keep(step, states);
            try (NDArray end =
                    sampler.sample(
                            guided(both, (int) noise.size(0)),
                            process,
                            start,
                            NO_NOISE,
                            listener)) {
                states[times.length - 1] = end.toFloatArray();
            }
        }
        for (int i = 0; i < times.length; i++) {
            if (states[i] == null) {
                throw new IllegalArgumentException(
                        "%s with %s steps does not pass the time %s where a step of the student begins; have the teacher sample by heun or ab2"
                                .formatted(
                                        distillation.teacher().sampler(),
                                        distillation.teacher().steps(),
                                        times[i]));
            }
        }
        return states;
    }

    private void keep(StepListener.Step step, float[][] states) {
        double reached = process.progress(step.time());
        for (int i = 1; i < times.length - 1; i++) {
            if (Math.abs(reached - process.progress(times[i])) < SAME_TIME) {
                states[i] = step.x().toFloatArray();
            }
        }
    }

    private Denoiser guided(Condition both, int count) {
        Denoiser conditional = conditioned(both.part(0, count));
        if (both.isNone() || !distillation.teacher().guidance().guides()) {
            return conditional;
        }
        return Guidance.batched(
                conditioned(both), conditional, process, distillation.teacher().guidance());
    }

    private Denoiser conditioned(Condition condition) {
        return new ModelDenoiser(
                (x, t) ->
                        teacher.forward(
                                Pass.inference(new ParameterStore(x.getManager(), false)),
                                x,
                                t,
                                condition),
                process);
    }
}
