package io.zigma.train.bench;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.zigma.op.ReferencePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Measures how fast this machine runs a model, everything side by side in one process: medians over
 * rounds in turns, after the JVM has compiled what is measured.
 */
public final class Bench {

    /** Share of the time for operations of milliseconds. */
    private static final double OPERATION = 0.2;

    /** Share of the time for one block at one length. */
    private static final double POINT = 0.15;

    private final BenchCase benchCase;
    private final Effort effort;
    private final List<Measurement> measurements = new ArrayList<>();

    /** One entry of the programme. */
    private record Measurement(String what, Work work) {}

    @FunctionalInterface
    private interface Work {

        void addTo(BenchReport report, NDManager manager);
    }

    /**
     * Plans a run.
     *
     * @param benchCase what to measure
     * @param effort how thoroughly
     * @param parts which parts of it
     */
    public Bench(BenchCase benchCase, Effort effort, Set<BenchPart> parts) {
        this.benchCase = benchCase;
        this.effort = effort;
        parts.stream().sorted().forEach(this::plan);
    }

    private void plan(BenchPart part) {
        switch (part) {
            case SCAN -> operations("the selective scan", OperationBench::scan);
            case CONVOLUTION -> operations("the causal convolution", OperationBench::convolution);
            case FORWARD -> model("the model's forward pass", ModelBench::forward);
            case TRAINING -> {
                model("a training step", ModelBench::training);
                if (effort.slowest() > 0) {
                    measurements.add(
                            new Measurement(
                                    "a training step on the reference path",
                                    (report, manager) ->
                                            new ReferenceTraining(benchCase, effort, manager)
                                                    .run(report)));
                }
            }
            case OPTIMIZER -> model("the optimiser", ModelBench::optimizer);
            case SCALING ->
                    measurements.add(
                            new Measurement(
                                    "blocks over the number of tokens",
                                    (report, manager) ->
                                            new ScalingBench(benchCase, effort.part(POINT))
                                                    .run(report, manager)));
        }
    }

    @FunctionalInterface
    private interface OfOperations {

        void measure(OperationBench bench, BenchReport report);
    }

    private void operations(String what, OfOperations operations) {
        Work work =
                (report, manager) -> {
                    try (OperationBench bench =
                            new OperationBench(benchCase, effort.part(OPERATION), manager)) {
                        operations.measure(bench, report);
                    }
                };
        measurements.add(new Measurement(what, work));
    }

    @FunctionalInterface
    private interface OfModel {

        void measure(ModelBench bench, BenchReport report);
    }

    private void model(String what, OfModel ofModel) {
        Work work =
                (report, manager) -> {
                    try (ModelBench bench = new ModelBench(benchCase, effort, manager)) {
                        ofModel.measure(bench, report);
                    }
                };
        measurements.add(new Measurement(what, work));
    }

    /**
     * Measures.
     *
     * @param listener is told before each measurement, and at the end
     * @return the report
     * @throws IllegalStateException if the fused kernels are off, so that there is nothing to
     *     compare
     */
    public BenchReport run(BenchListener listener) {
        if (ReferencePath.inUse()) {
            throw new IllegalStateException(
                    "the fused kernels are off; start Java with --add-modules jdk.incubator.vector");
        }
        BenchReport report = new BenchReport();
        try (NDManager manager = NDManager.newBaseManager()) {
            report.fact("machine", Machine.description());
            report.fact("jdk", Runtime.version().toString());
            report.fact("threads", JniUtils.getNumThreads());
            report.fact("preset", benchCase.preset());
            report.fact("tokens", benchCase.tokens());
            report.fact("batch", benchCase.batch());
            for (int done = 0; done < measurements.size(); done++) {
                Measurement next = measurements.get(done);
                listener.measuring(done, measurements.size(), next.what());
                next.work().addTo(report, manager);
            }
        }
        listener.measuring(measurements.size(), measurements.size(), "");
        return report;
    }
}
