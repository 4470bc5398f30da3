package io.zigma.train.config;

import io.zigma.op.Precision;
import io.zigma.train.optim.AdamWConfig;
import io.zigma.train.optim.EmaConfig;
import io.zigma.train.optim.LearningRateSchedule;
import io.zigma.train.optim.OptimizerKind;
import io.zigma.train.optim.PowerProfile;
import java.util.List;

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
 * @param powerEma relative lengths of averages of which snapshots are kept, so that an average of
 *     any length can be made afterwards (Karras et al. 2024, section 3); two of them where there
 *     are any, 0.05 and 0.1 in the paper
 * @param precision what the factors of large matrix products are rounded to, forward and backward;
 *     weights, sums, gradients and the optimiser are float32 in any case
 */
public record Optimization(
        LearningRateSchedule schedule,
        AdamWConfig adamW,
        double maxGradientNorm,
        EmaConfig ema,
        boolean recompute,
        OptimizerKind optimizer,
        List<Double> powerEma,
        Precision precision) {

    /** How many averages a snapshot may be of. */
    private static final int MOST_AVERAGES = 8;

    /** A constant 1e-4, AdamW without decay, norm 2, EMA decay 0.9999: the official settings. */
    public static final Optimization DEFAULT =
            new Optimization(
                    new LearningRateSchedule.Constant(1e-4, 0),
                    AdamWConfig.DEFAULT,
                    2,
                    EmaConfig.DEFAULT);

    /**
     * Everything but recomputation and power averages, of which there are none, the optimiser,
     * which is AdamW, and the precision, which is float32.
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
        this(
                schedule,
                adamW,
                maxGradientNorm,
                ema,
                false,
                OptimizerKind.ADAMW,
                List.of(),
                Precision.FLOAT32);
    }

    /**
     * Returns the same with or without recomputation.
     *
     * @param changed whether the layers are run again in the backward pass
     * @return a changed copy
     */
    public Optimization withRecompute(boolean changed) {
        return new Optimization(
                schedule, adamW, maxGradientNorm, ema, changed, optimizer, powerEma, precision);
    }

    /**
     * Returns the same with another learning rate.
     *
     * @param changed the rate over the steps
     * @return a changed copy
     */
    public Optimization withSchedule(LearningRateSchedule changed) {
        return new Optimization(
                changed, adamW, maxGradientNorm, ema, recompute, optimizer, powerEma, precision);
    }

    /**
     * Returns the same with another optimiser.
     *
     * @param changed which one moves the weights
     * @return a changed copy
     */
    public Optimization withOptimizer(OptimizerKind changed) {
        return new Optimization(
                schedule, adamW, maxGradientNorm, ema, recompute, changed, powerEma, precision);
    }

    /**
     * Returns the same with other power averages.
     *
     * @param changed their relative lengths, none for no snapshots
     * @return a changed copy
     * @throws IllegalArgumentException if one is out of range or there twice
     */
    public Optimization withPowerEma(List<Double> changed) {
        return new Optimization(
                schedule, adamW, maxGradientNorm, ema, recompute, optimizer, changed, precision);
    }

    /**
     * Returns the same with another precision.
     *
     * @param changed what the factors of large products are rounded to
     * @return a changed copy
     */
    public Optimization withPrecision(Precision changed) {
        return new Optimization(
                schedule, adamW, maxGradientNorm, ema, recompute, optimizer, powerEma, changed);
    }

    /**
     * Checks norm and averages.
     *
     * @throws IllegalArgumentException if the norm is not above 0, or a length is out of range
     */
    public Optimization {
        powerEma = List.copyOf(powerEma);
        powerEma.forEach(PowerProfile::new); // refuses what is none
        if (powerEma.stream().distinct().count() < powerEma.size()
                || powerEma.size() > MOST_AVERAGES) {
            throw new IllegalArgumentException(
                    "power averages have up to %s different lengths, not %s"
                            .formatted(MOST_AVERAGES, powerEma));
        }
        if (!(maxGradientNorm > 0)) {
            throw new IllegalArgumentException(
                    "the largest gradient norm must be above 0, not "
                            + maxGradientNorm
                            + "; use infinity for no limit");
        }
    }
}
