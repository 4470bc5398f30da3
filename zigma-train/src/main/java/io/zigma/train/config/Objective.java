package io.zigma.train.config;

import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.diffusion.TimeSampling;
import io.zigma.diffusion.UniformTimes;

/**
 * What the model learns.
 *
 * @param process the diffusion process
 * @param times how training times are distributed
 * @param labelDropout fraction of the conditions that are replaced by the null condition, labels by
 *     the null class and captions by the empty text, so that guidance has an unconditional model to
 *     contrast with (Ho and Salimans 2022, algorithm 1); in [0, 1)
 */
public record Objective(DiffusionProcess process, TimeSampling times, double labelDropout) {

    /** Velocity on straight lines at uniform times, no label dropped: the official default. */
    public static final Objective DEFAULT =
            new Objective(
                    new InterpolantProcess(InterpolantKind.LINEAR, Prediction.VELOCITY),
                    new UniformTimes(),
                    0);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if the dropout is out of its range, or the process has no
     *     such times
     */
    public Objective {
        times.over(process); // refuses a process that it does not fit
        if (!(labelDropout >= 0 && labelDropout < 1)) {
            throw new IllegalArgumentException(
                    "the label dropout must be in [0, 1), not " + labelDropout);
        }
    }
}
