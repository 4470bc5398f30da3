package io.zigma.train;

import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.LossWeight;
import io.zigma.diffusion.Prediction;

/**
 * What the model learns.
 *
 * @param path the path between noise and data
 * @param prediction what the model's output stands for
 * @param weight how the loss of a noise or score model depends on time
 * @param times how training times are spread
 * @param labelDropout share of the labels that are replaced by the null class, so that guidance has
 *     something to lean against (Ho and Salimans 2022, algorithm 1); in [0, 1)
 */
public record Objective(
        InterpolantKind path,
        Prediction prediction,
        LossWeight weight,
        TimeSampling times,
        double labelDropout) {

    /** Velocity on straight lines at uniform times, no label dropped: the official default. */
    public static final Objective DEFAULT =
            new Objective(
                    InterpolantKind.LINEAR,
                    Prediction.VELOCITY,
                    LossWeight.NONE,
                    new TimeSampling.Uniform(),
                    0);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if the dropout is out of its range, or a velocity loss is
     *     given a weight
     */
    public Objective {
        if (!(labelDropout >= 0 && labelDropout < 1)) {
            throw new IllegalArgumentException(
                    "the label dropout must lie in [0, 1), not " + labelDropout);
        }
        new InterpolantProcess(path, prediction, weight); // refuses what does not fit
    }

    /**
     * Returns the process to train on.
     *
     * @return path, prediction and weight together
     */
    public DiffusionProcess process() {
        return new InterpolantProcess(path, prediction, weight);
    }
}
