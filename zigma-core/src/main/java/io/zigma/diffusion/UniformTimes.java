package io.zigma.diffusion;

import java.util.List;
import java.util.Map;

/** All times are equally likely. */
public record UniformTimes() implements TimeSampling {

    static final TimeSamplingKind KIND =
            new TimeSamplingKind(
                    "uniform", "all times equally likely", List.of(), values -> new UniformTimes());

    @Override
    public TimeSamplingKind kind() {
        return KIND;
    }

    @Override
    public Map<String, Number> settings() {
        return Map.of();
    }

    @Override
    public TimeSampler over(DiffusionProcess process) {
        return (uniform, normal) -> new TimeSampler.Sample(process.trainingTime(uniform), 1);
    }

    @Override
    public String toString() {
        return KIND.name();
    }
}
