package io.zigma.bench;

import ai.djl.ndarray.NDManager;
import java.util.OptionalLong;

/**
 * Training steps on the reference path, which take minutes and more memory than many machines have:
 * it is tried on a short sequence, and on the one that was asked for only if that promises to end
 * well.
 */
final class ReferenceTraining {

    /** The length of sequence at which a step is always affordable. */
    private static final int SHORT = 256;

    /** Fraction of the free memory that a step may be expected to take. */
    private static final double SAFE = 0.7;

    private final BenchCase benchCase;
    private final Effort effort;
    private final NDManager manager;

    ReferenceTraining(BenchCase benchCase, Effort effort, NDManager manager) {
        this.benchCase = benchCase;
        this.effort = effort;
        this.manager = manager;
    }

    /** Measures what can be. */
    void run(BenchReport report) {
        BenchCase trial = benchCase.single(Math.min(SHORT, benchCase.tokens()));
        Cost cost;
        try (BenchModel model = new BenchModel(trial, manager)) {
            Trial step = Trial.of(manager, model::forwardBackward);
            cost = cost(manager, step);
            if (trial.tokens() == SHORT) {
                report.timings(
                        new Contest(effort)
                                .add("model.train_step_256.fused", step)
                                .addEngines("model.train_step_256.reference", step.onReferences())
                                .run());
            }
        }
        double times = (double) benchCase.batch() * benchCase.tokens() / trial.tokens();
        if (cost.affordable(times, effort)) {
            try (BenchModel model = new BenchModel(benchCase, manager)) {
                Trial step = Trial.of(manager, model::forwardBackward);
                report.timings(
                        new Contest(effort)
                                .addEngines("model.train_step.reference", step.onReferences())
                                .run());
            }
        }
    }

    /**
     * What a step took.
     *
     * @param seconds time
     * @param bytes memory, if the system reports it
     */
    private record Cost(double seconds, OptionalLong bytes) {

        /** Time and memory grow with the number of tokens in all. */
        boolean affordable(double times, Effort effort) {
            OptionalLong free = PeakMemory.free();
            return seconds * times <= effort.slowest()
                    && bytes.isPresent()
                    && free.isPresent()
                    && bytes.getAsLong() * times <= SAFE * free.getAsLong();
        }
    }

    private static Cost cost(NDManager manager, Trial step) {
        long start = System.nanoTime();
        OptionalLong bytes = PeakMemory.of(manager, () -> step.onReferences().run());
        return new Cost((System.nanoTime() - start) / 1e9, bytes);
    }
}
