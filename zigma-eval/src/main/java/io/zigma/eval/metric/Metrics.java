package io.zigma.eval.metric;

import io.zigma.base.Registry;

/** All metrics. */
public final class Metrics {

    private static final Registry<Metric> REGISTRY =
            new Registry<>("metric", Metric::name)
                    .register(new FrechetMetric())
                    .register(new KernelMetric())
                    .register(new NeighbourhoodMetric())
                    .register(new ScoreMetric())
                    .register(new AgreementMetric())
                    .register(new MemorisationMetric());

    private Metrics() {}

    /**
     * Returns the metrics by name, in the order that their figures are shown in.
     *
     * @return to be asked, or to be added to
     */
    public static Registry<Metric> registry() {
        return REGISTRY;
    }
}
