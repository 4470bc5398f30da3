package io.zigma.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.zigma.engine.EngineStart;
import io.zigma.op.ReferencePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures how fast this machine runs a model, everything side by side in one process: medians over
 * alternating rounds, after the JVM has compiled what is measured.
 */
public final class Bench {

    /** Fraction of the time for operations of milliseconds. */
    private static final double OPERATION = 0.2;

    /** Fraction of the time for one block at one length. */
    private static final double POINT = 0.15;

    /** Fraction of the time for one of several models. */
    private static final double MODEL = 0.15;

    private final BenchCase benchCase;
    private final Effort effort;
    private final Device device;
    private final List<Measurement> measurements = new ArrayList<>();

    /** One entry of the programme. */
    private record Measurement(String what, Work work) {}

    @FunctionalInterface
    private interface Work {

        void addTo(BenchReport report, Arena arena);
    }

    /**
     * Plans a run.
     *
     * @param benchCase what to measure
     * @param effort how thoroughly
     * @param parts which parts of it
     * @throws IllegalArgumentException if the model has no such part
     */
    public Bench(BenchCase benchCase, Effort effort, Set<BenchPart> parts) {
        this(benchCase, effort, parts, Device.cpu());
    }

    /**
     * Plans a run on a device.
     *
     * @param benchCase what to measure
     * @param effort how thoroughly
     * @param parts which parts of it
     * @param device where
     * @throws IllegalArgumentException if the model has no such part
     */
    public Bench(BenchCase benchCase, Effort effort, Set<BenchPart> parts, Device device) {
        this.device = device;
        for (BenchPart part : parts) {
            if (!BenchPart.of(benchCase.model()).contains(part)) {
                throw new IllegalArgumentException(part.refusal(benchCase.model().kind().name()));
            }
        }
        this.benchCase = benchCase;
        this.effort = effort;
        parts.stream().sorted().forEach(this::plan);
    }

    private void plan(BenchPart part) {
        switch (part) {
            case SCAN ->
                    add(
                            "the selective scan",
                            (report, arena) -> arena.operations(report, OperationBench::scan));
            case CONVOLUTION ->
                    add(
                            "the causal convolution",
                            (report, arena) ->
                                    arena.operations(report, OperationBench::convolution));
            case FORWARD ->
                    add(
                            "the model's forward pass",
                            (report, arena) -> arena.model().forward(report));
            case TRAINING -> {
                add("a training step", (report, arena) -> arena.model().training(report));
                if (effort.slowest() > 0) {
                    add(
                            "a training step on the reference path",
                            (report, arena) ->
                                    new ReferenceTraining(benchCase, effort, arena.cleared())
                                            .run(report));
                }
            }
            case OPTIMIZER ->
                    add("the optimiser", (report, arena) -> arena.model().optimizer(report));
            case SCALING ->
                    add(
                            "blocks over the number of tokens",
                            (report, arena) ->
                                    new ScalingBench(benchCase, effort.part(POINT))
                                            .run(report, arena.cleared()));
            case COMPARISON ->
                    add(
                            "models of equally many parameters",
                            (report, arena) ->
                                    new ComparisonBench(benchCase, effort.part(MODEL))
                                            .run(report, arena.cleared()));
        }
    }

    private void add(String what, Work work) {
        measurements.add(new Measurement(what, work));
    }

    /** What measurements have in common: the model is made when it is first needed. */
    private final class Arena implements AutoCloseable {

        private final NDManager manager = EngineStart.newManager(device);
        private @Nullable ModelBench model;

        ModelBench model() {
            ModelBench present = model;
            if (present == null) {
                present = new ModelBench(benchCase, effort, manager);
                model = present;
            }
            return present;
        }

        void operations(BenchReport report, BiConsumer<OperationBench, BenchReport> work) {
            try (OperationBench bench =
                    new OperationBench(benchCase, effort.part(OPERATION), manager)) {
                work.accept(bench, report);
            }
        }

        /** Returns the manager after the model has made room. */
        NDManager cleared() {
            ModelBench present = model;
            if (present != null) {
                present.close();
                model = null;
            }
            return manager;
        }

        @Override
        public void close() {
            manager.close();
        }
    }

    /**
     * Measures.
     *
     * @param listener called before each measurement, and at the end
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
        try (Arena arena = new Arena()) {
            report.fact("machine", Machine.description());
            report.fact("jdk", Runtime.version().toString());
            report.fact("threads", JniUtils.getNumThreads());
            if (device.isGpu()) {
                report.fact("device", device.toString());
            }
            report.fact("backbone", benchCase.model().kind().name());
            report.fact("preset", benchCase.preset());
            report.fact("tokens", benchCase.tokens());
            report.fact("batch", benchCase.batch());
            for (int done = 0; done < measurements.size(); done++) {
                Measurement next = measurements.get(done);
                listener.measuring(done, measurements.size(), next.what());
                next.work().addTo(report, arena);
            }
        }
        listener.measuring(measurements.size(), measurements.size(), "");
        return report;
    }
}
