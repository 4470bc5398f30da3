package io.zigma.diffusion;

import io.zigma.base.Registry;

/** The distribution of training times between noise and data. */
public interface TimeSampling {

    /** All kinds by name. */
    Registry<TimeSamplingKind> KINDS =
            new Registry<TimeSamplingKind>("spread of training times", TimeSamplingKind::name)
                    .register(UniformTimes.KIND)
                    .register(LogitNormalTimes.KIND)
                    .register(LossAwareTimes.KIND);

    /**
     * Creates a sampler of times.
     *
     * @param process whose times are sampled
     * @return a sampler, with a state where it learns from losses
     * @throws IllegalArgumentException if the process has no such times
     */
    TimeSampler over(DiffusionProcess process);
}
