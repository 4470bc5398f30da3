package io.zigma.diffusion;

import java.util.List;

/** All times are equally likely. */
public record UniformTimes() implements TimeSampling {

    static final TimeSamplingKind KIND =
            new TimeSamplingKind(
                    "uniform", "all times equally likely", List.of(), values -> new UniformTimes());

    @Override
    public TimeSampler over(DiffusionProcess process) {
        return (uniform, normal) -> new TimeSampler.Sample(process.trainingTime(uniform), 1);
    }
}
