package io.zigma.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.bench.GemmFloor.Pass;
import io.zigma.op.Precision;
import io.zigma.train.optim.AdamW;
import io.zigma.train.optim.AdamWConfig;
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
                            .add("model.forward.fused", Trial.of(model::forward))
                            .addEngines("model.forward.gemm_floor", Trial.of(floor::run))
                            .addEngines(
                                    "model.forward.reference",
                                    Trial.of(model::forward).onReferences())
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
                    new Contest(effort).add("model.forward.bf16", Trial.of(model::forward)).run());
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
                            .add("model.train_step.fused", Trial.of(model::forwardBackward))
                            .addEngines("model.train_step.gemm_floor", Trial.of(floor::run))
                            .run());
        }
        report.ratio(
                "model.train_step.floor_ratio",
                "model.train_step.fused",
                "model.train_step.gemm_floor");
        report.ratio(
                "model.train_step.forward_ratio", "model.train_step.fused", "model.forward.fused");
        peak("model.train_step.peak_bytes", model::forwardBackward, report);
    }

    /** Measures a step of AdamW over all weights. */
    void optimizer(BenchReport report) {
        Map<String, NDArray> weights = model.weights();
        try (NDManager scratch = model.manager().newSubManager();
                AdamW adamW = new AdamW(AdamWConfig.DEFAULT, weights, scratch)) {
            Map<String, NDArray> gradients = model.gradients(scratch);
            report.timings(
                    new Contest(effort)
                            .add(
                                    "model.optimizer",
                                    Trial.of(() -> adamW.step(gradients, LEARNING_RATE)))
                            .run());
        }
    }

    private GemmFloor floor(Pass pass, NDManager scratch) {
        return new GemmFloor(pass, products, effort.part(CHOOSING), scratch);
    }

    private static void peak(String key, Runnable work, BenchReport report) {
        OptionalLong bytes = PeakMemory.of(work);
        if (bytes.isPresent()) {
            report.number(key, bytes.getAsLong());
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
