package io.zigma.diffusion;

import java.util.List;

/** Every time is as likely as any other. */
public record UniformTimes() implements TimeSampling {

    static final TimeSamplingKind KIND =
            new TimeSamplingKind(
                    "uniform", "all times alike", List.of(), values -> new UniformTimes());

    @Override
    public TimeSampler over(DiffusionProcess process) {
        return (uniform, normal) -> new TimeSampler.Draw(process.trainingTime(uniform), 1);
    }
}
