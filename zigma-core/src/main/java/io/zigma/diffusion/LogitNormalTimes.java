package io.zigma.diffusion;

import io.zigma.base.Setting;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The logistic function of a normal variable: more times in the middle between noise and data,
 * where the prediction is hardest (Esser et al. 2024, equation 19; JiT has mean −0.8 and deviation
 * 0.8).
 *
 * @param mean of the normal variable, from −10 to 10: below 0 more times near the noise, above 0
 *     near the data
 * @param deviation its standard deviation, from 0.01 to 10
 */
public record LogitNormalTimes(double mean, double deviation) implements TimeSampling {

    // Ten standard deviations: beyond, every time is at an end.
    private static final double LARGEST_MEAN = 10;
    private static final double SMALLEST_DEVIATION = 0.01;
    private static final double LARGEST_DEVIATION = 10;

    private static final Setting MEAN =
            Setting.number(
                    "mean",
                    "below 0 more times near the noise, above 0 near the data, for details",
                    0,
                    -LARGEST_MEAN,
                    LARGEST_MEAN);
    private static final Setting DEVIATION =
            Setting.number(
                    "deviation",
                    "standard deviation before the logistic function",
                    1,
                    SMALLEST_DEVIATION,
                    LARGEST_DEVIATION);

    static final TimeSamplingKind KIND =
            new TimeSamplingKind(
                    "logit-normal",
                    "more in the middle between noise and data",
                    List.of(MEAN, DEVIATION),
                    values -> new LogitNormalTimes(values.number(MEAN), values.number(DEVIATION)));

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public LogitNormalTimes {
        if (!(Math.abs(mean) <= LARGEST_MEAN)
                || !(deviation >= SMALLEST_DEVIATION && deviation <= LARGEST_DEVIATION)) {
            throw new IllegalArgumentException(
                    "logit-normal times need a mean from -10 to 10 and a deviation from 0.01 to 10, not %s and %s"
                            .formatted(mean, deviation));
        }
    }

    @Override
    public TimeSamplingKind kind() {
        return KIND;
    }

    @Override
    public Map<String, Number> settings() {
        Map<String, Number> values = new LinkedHashMap<>();
        values.put(MEAN.name(), mean);
        values.put(DEVIATION.name(), deviation);
        return values;
    }

    @Override
    public TimeSampler over(DiffusionProcess process) {
        return (uniform, normal) ->
                new TimeSampler.Sample(
                        process.trainingTime(
                                1 / (1 + StrictMath.exp(-(mean + deviation * normal)))),
                        1);
    }

    @Override
    public String toString() {
        return "%s, mean %s, deviation %s"
                .formatted(KIND.name(), Setting.plain(mean), Setting.plain(deviation));
    }
}
