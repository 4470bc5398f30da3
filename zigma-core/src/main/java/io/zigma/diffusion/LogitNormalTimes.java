package io.zigma.diffusion;

import io.zigma.base.Setting;
import java.util.List;

/**
 * The logistic function of a normal variable, which samples the middle of the time range most
 * often, where the prediction is hardest (Esser et al. 2024, equation 19; JiT has mean −0.8 and
 * deviation 0.8).
 *
 * @param mean of the normal variable: below 0 more times near the noise, above 0 near the data
 * @param deviation its standard deviation, above 0
 */
public record LogitNormalTimes(double mean, double deviation) implements TimeSampling {

    private static final Setting MEAN =
            Setting.number(
                    "mean", "below 0 more times near the noise, above 0 near the data", 0, -10, 10);
    private static final Setting DEVIATION =
            Setting.number(
                    "deviation", "standard deviation before the logistic function", 1, 0.01, 10);

    static final TimeSamplingKind KIND =
            new TimeSamplingKind(
                    "logit-normal",
                    "more in the middle between noise and data",
                    List.of(MEAN, DEVIATION),
                    values -> new LogitNormalTimes(values.number(MEAN), values.number(DEVIATION)));

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if the mean is not finite or the deviation not above 0
     */
    public LogitNormalTimes {
        if (!Double.isFinite(mean) || !(deviation > 0) || Double.isInfinite(deviation)) {
            throw new IllegalArgumentException(
                    "logit-normal times need a finite mean and a deviation above 0, not %s and %s"
                            .formatted(mean, deviation));
        }
    }

    @Override
    public TimeSampler over(DiffusionProcess process) {
        return (uniform, normal) ->
                new TimeSampler.Sample(
                        process.trainingTime(
                                1 / (1 + StrictMath.exp(-(mean + deviation * normal)))),
                        1);
    }
}
