package io.zigma.train.config;

import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.sampler.Sampler;

/**
 * Distillation along the paths that a teacher samples: one step of the student goes as far as
 * several of the teacher's, guidance included (Luhman and Luhman 2021, "Knowledge distillation in
 * iterative generative models", for one step; Salimans and Ho 2022, "Progressive distillation", for
 * the student's target in a step; Meng et al. 2023 for the guidance). The teacher is the checkpoint
 * whose weights the run starts from, and no pictures are needed: a path begins at noise.
 *
 * @param steps the student's, from noise to data, at least 1; they are equally long, and DDIM's
 * @param teacher how the teacher samples: a sampler without noise, its steps, a multiple of the
 *     student's, and its guidance
 */
public record Distillation(int steps, SamplingDefaults teacher) {

    /** What the student is sampled by. */
    public static final String SAMPLER = "ddim";

    /**
     * Checks that the teacher passes where the student's steps begin.
     *
     * @throws IllegalArgumentException with what to change, if it does not
     */
    public Distillation {
        if (steps < 1) {
            throw new IllegalArgumentException("sampling takes at least 1 step, not " + steps);
        }
        if (teacher.steps() % steps != 0 || teacher.steps() == steps) {
            throw new IllegalArgumentException(
                    "the teacher takes %s steps and the student %s; give the teacher a multiple of the student's, such as %s"
                            .formatted(teacher.steps(), steps, nearestMultiple(teacher, steps)));
        }
        Sampler sampler = teacher.spec().create();
        if (sampler.inversion().isEmpty()) {
            throw new IllegalArgumentException(
                    "%s adds noise in its steps, so that no path follows from the first noise alone; have the teacher sample by heun, ab2 or another ODE sampler"
                            .formatted(teacher.sampler()));
        }
    }

    private static int nearestMultiple(SamplingDefaults teacher, int steps) {
        return Math.max(2, Math.round((float) teacher.steps() / steps)) * steps;
    }
}
