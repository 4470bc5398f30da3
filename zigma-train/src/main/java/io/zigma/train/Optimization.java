package io.zigma.train;

import io.zigma.train.optim.AdamWConfig;
import io.zigma.train.optim.EmaConfig;
import io.zigma.train.optim.LearningRateSchedule;

/**
 * How the weights follow the gradients.
 *
 * @param schedule the learning rate of each step
 * @param adamW AdamW's constants
 * @param maxGradientNorm gradients are scaled down to this L2 norm before the step; infinity for no
 *     limit
 * @param ema the moving average of the weights, which is what gets sampled and exported
 */
public record Optimization(
        LearningRateSchedule schedule, AdamWConfig adamW, double maxGradientNorm, EmaConfig ema) {

    /** A constant 1e-4, AdamW without decay, norm 2, average 0.9999: the official settings. */
    public static final Optimization DEFAULT =
            new Optimization(
                    new LearningRateSchedule.Constant(1e-4, 0),
                    AdamWConfig.DEFAULT,
                    2,
                    EmaConfig.DEFAULT);

    /**
     * Checks the norm.
     *
     * @throws IllegalArgumentException if it is not above 0
     */
    public Optimization {
        if (!(maxGradientNorm > 0)) {
            throw new IllegalArgumentException(
                    "the largest gradient norm must be above 0, not "
                            + maxGradientNorm
                            + "; use infinity for no limit");
        }
    }
}
