package io.zigma.train.config;

import io.zigma.train.optim.AdamWConfig;
import io.zigma.train.optim.EmaConfig;
import io.zigma.train.optim.LearningRateSchedule;
import io.zigma.train.optim.OptimizerKind;

/**
 * How the weights follow the gradients.
 *
 * @param schedule the learning rate of each step
 * @param adamW AdamW's constants, and the weight decay of any optimiser
 * @param maxGradientNorm gradients are scaled down to this L2 norm before the step; infinity for no
 *     limit
 * @param ema the EMA of the weights, which is what is sampled and exported
 * @param recompute whether the layers are run again in the backward pass instead of being
 *     remembered: less memory, more time, the same gradients
 * @param optimizer which optimiser moves the weights
 */
public record Optimization(
        LearningRateSchedule schedule,
        AdamWConfig adamW,
        double maxGradientNorm,
        EmaConfig ema,
        boolean recompute,
        OptimizerKind optimizer) {

    /** A constant 1e-4, AdamW without decay, norm 2, EMA decay 0.9999: the official settings. */
    public static final Optimization DEFAULT =
            new Optimization(
                    new LearningRateSchedule.Constant(1e-4, 0),
                    AdamWConfig.DEFAULT,
                    2,
                    EmaConfig.DEFAULT);

    /**
     * Everything but recomputation, which is off, and the optimiser, which is AdamW.
     *
     * @param schedule the learning rate of each step
     * @param adamW AdamW's constants
     * @param maxGradientNorm the largest L2 norm of the gradients
     * @param ema the EMA of the weights
     * @throws IllegalArgumentException if the norm is not above 0
     */
    public Optimization(
            LearningRateSchedule schedule,
            AdamWConfig adamW,
            double maxGradientNorm,
            EmaConfig ema) {
        this(schedule, adamW, maxGradientNorm, ema, false, OptimizerKind.ADAMW);
    }

    /**
     * Returns the same with or without recomputation.
     *
     * @param changed whether the layers are run again in the backward pass
     * @return a changed copy
     */
    public Optimization withRecompute(boolean changed) {
        return new Optimization(schedule, adamW, maxGradientNorm, ema, changed, optimizer);
    }

    /**
     * Returns the same with another learning rate.
     *
     * @param changed the rate over the steps
     * @return a changed copy
     */
    public Optimization withSchedule(LearningRateSchedule changed) {
        return new Optimization(changed, adamW, maxGradientNorm, ema, recompute, optimizer);
    }

    /**
     * Returns the same with another optimiser.
     *
     * @param changed which one moves the weights
     * @return a changed copy
     */
    public Optimization withOptimizer(OptimizerKind changed) {
        return new Optimization(schedule, adamW, maxGradientNorm, ema, recompute, changed);
    }

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
