package io.zigma.train.config;

import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.LossWeight;
import io.zigma.diffusion.Prediction;
import io.zigma.diffusion.TrainingLoss;

/**
 * What the model learns.
 *
 * @param path the path between noise and data
 * @param prediction what the model's output stands for
 * @param weight how the loss of a noise or score model depends on time
 * @param times how training times are spread
 * @param labelDropout fraction of the labels that are replaced by the null class, so that guidance
 *     has something to lean against (Ho and Salimans 2022, algorithm 1); in [0, 1)
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
        if (prediction == Prediction.VELOCITY && weight != LossWeight.NONE) {
            throw new IllegalArgumentException(
                    "a velocity loss takes no weight; leave out "
                            + weight.label()
                            + ", or predict noise or score");
        }
    }

    /**
     * Returns the loss on this path.
     *
     * @return the squared error of the prediction
     */
    public TrainingLoss loss() {
        return new TrainingLoss(path.interpolant(), prediction, weight);
    }
}
