package io.zigma.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.bench.GemmFloor.Pass;
import io.zigma.op.Precision;
import io.zigma.train.optim.AdamW;
import io.zigma.train.optim.AdamWConfig;
import io.zigma.train.optim.FlatOptimizer;
import io.zigma.train.optim.Optimizer;
import io.zigma.train.optim.OptimizerKind;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The whole model: forward, forward and backward, and the optimiser. */
final class ModelBench implements AutoCloseable {

    /** Fraction of the time for finding the faster path for one size of product. */
    private static final double CHOOSING = 0.03;

    private static final double LEARNING_RATE = 1e-6;

    private final Effort effort;
    private final BenchModel model;
    private final List<MatrixProduct> products;

    /**
     * Makes the model.
     *
     * @param benchCase its size and batch
     * @param effort how long each is measured
     * @param parent owns it until {@link #close}
     */
    ModelBench(BenchCase benchCase, Effort effort, NDManager parent) {
        this.effort = effort;
        model = new BenchModel(benchCase, parent);
        products = MatrixProduct.of(model.model(), benchCase.batch());
    }

    /** Measures a prediction. */
    void forward(BenchReport report) {
        try (NDManager scratch = model.manager().newSubManager()) {
            GemmFloor floor = floor(Pass.FORWARD, scratch);
            report.timings(
                    new Contest(effort)
                            .add("model.forward.fused", Trial.of(model.manager(), model::forward))
                            .addEngines(
                                    "model.forward.gemm_floor",
                                    Trial.of(model.manager(), floor::run))
                            .addEngines(
                                    "model.forward.reference",
                                    Trial.of(model.manager(), model::forward).onReferences())
                            .run());
        }
        report.ratio(
                "model.forward.floor_ratio", "model.forward.fused", "model.forward.gemm_floor");
        if (Precision.BFLOAT16.isAvailable(model.manager().getDevice())) {
            rounded(report);
        }
        peak("model.forward.peak_bytes", model::forward, report);
    }

    private void rounded(BenchReport report) {
        model.model().setPrecision(Precision.BFLOAT16);
        try {
            report.timings(
                    new Contest(effort)
                            .add("model.forward.bf16", Trial.of(model.manager(), model::forward))
                            .run());
        } finally {
            model.model().setPrecision(Precision.FLOAT32);
        }
    }

    /** Measures the forward and the backward pass. */
    void training(BenchReport report) {
        try (NDManager scratch = model.manager().newSubManager()) {
            GemmFloor floor = floor(Pass.FORWARD_BACKWARD, scratch);
            report.timings(
                    new Contest(effort)
                            .add(
                                    "model.train_step.fused",
                                    Trial.of(model.manager(), model::forwardBackward))
                            .addEngines(
                                    "model.train_step.gemm_floor",
                                    Trial.of(model.manager(), floor::run))
                            .run());
        }
        report.ratio(
                "model.train_step.floor_ratio",
                "model.train_step.fused",
                "model.train_step.gemm_floor");
        report.ratio(
                "model.train_step.forward_ratio", "model.train_step.fused", "model.forward.fused");
        if (Precision.BFLOAT16.isAvailable(model.manager().getDevice())) {
            trainingRounded(report);
        }
        peak("model.train_step.peak_bytes", model::forwardBackward, report);
    }

    /** Both in turns, since their ratio is what training in bfloat16 saves. */
    private void trainingRounded(BenchReport report) {
        report.timings(
                new Contest(effort)
                        .add(
                                "model.train_step.bf16",
                                Trial.of(
                                        model.manager(),
                                        () -> model.forwardBackward(Precision.BFLOAT16)))
                        .add(
                                "model.train_step.bf16_float32",
                                Trial.of(model.manager(), model::forwardBackward))
                        .run());
        report.ratio(
                "model.train_step.bf16_ratio",
                "model.train_step.bf16",
                "model.train_step.bf16_float32");
        peak(
                "model.train_step.bf16_peak_bytes",
                () -> model.forwardBackward(Precision.BFLOAT16),
                report);
    }

    /** Measures a step of AdamW over all weights. */
    void optimizer(BenchReport report) {
        Map<String, NDArray> weights = model.weights();
        try (NDManager scratch = model.manager().newSubManager();
                Optimizer adamW = adamW(weights, scratch)) {
            Map<String, NDArray> gradients = model.gradients(scratch);
            report.timings(
                    new Contest(effort)
                            .add(
                                    "model.optimizer",
                                    Trial.of(
                                            model.manager(),
                                            () -> adamW.step(gradients, LEARNING_RATE)))
                            .run());
        }
    }

    /** As training has it: on a device over all weights together. */
    private static Optimizer adamW(Map<String, NDArray> weights, NDManager scratch) {
        AdamWConfig config = AdamWConfig.DEFAULT;
        if (!scratch.getDevice().isGpu()) {
            return new AdamW(config, weights, scratch);
        }
        NDArray flat = FlatOptimizer.layout(OptimizerKind.ADAMW, config, weights).zeros(scratch);
        return new FlatOptimizer(
                OptimizerKind.ADAMW, config, Precision.FLOAT32, weights, flat, scratch);
    }

    private GemmFloor floor(Pass pass, NDManager scratch) {
        return new GemmFloor(pass, products, effort.part(CHOOSING), scratch);
    }

    private void peak(String key, Runnable work, BenchReport report) {
        OptionalLong bytes = PeakMemory.of(model.manager(), work);
        if (bytes.isPresent()) {
            report.number(key, bytes.getAsLong());
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
