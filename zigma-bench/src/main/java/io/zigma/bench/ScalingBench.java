package io.zigma.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.zigma.base.GradientMode;
import io.zigma.nn.Pass;
import java.util.Map;

/**
 * One layer with a Mamba mixer and one of DiT, of equal width, on a single sequence of growing
 * length: the scan's time grows with the tokens, attention's with their square.
 */
final class ScalingBench {

    private static final int SHORTEST = 64;

    /** Lengths between which time per token is compared. */
    private static final int TYPICAL = 1024;

    private final BenchCase benchCase;
    private final Effort effort;

    ScalingBench(BenchCase benchCase, Effort effort) {
        this.benchCase = benchCase;
        this.effort = effort;
    }

    /** Measures all lengths. */
    void run(BenchReport report, NDManager parent) {
        try (NDManager manager = parent.newSubManager()) {
            DitBlock dit = new DitBlock(hiddenSize());
            dit.initialize(manager, DataType.FLOAT32, new Shape(1));
            for (int tokens = SHORTEST; tokens <= effort.longestSequence(); tokens *= 2) {
                report.scaling(point(tokens, dit, manager));
            }
        }
        report.perTokenRatio(TYPICAL);
    }

    private int hiddenSize() {
        return benchCase.model().mamba().orElseThrow().hiddenSize();
    }

    private BenchReport.ScalingPoint point(int tokens, DitBlock dit, NDManager parent) {
        try (BenchModel layer = new BenchModel(benchCase.layer(tokens), parent)) {
            NDManager manager = layer.manager();
            Block scanning = layer.layer();
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            long size = hiddenSize();
            NDArray x = manager.randomNormal(new Shape(1, tokens, size));
            NDArray condition = manager.randomNormal(new Shape(1, size));
            Trial ofZigma =
                    Trial.of(
                            manager,
                            () ->
                                    GradientMode.off(
                                            () -> {
                                                NDList in = new NDList(x, condition);
                                                scanning.forward(pass.parameters(), in, false)
                                                        .close();
                                                return null;
                                            }));
            Trial ofDit =
                    Trial.of(
                            manager,
                            () ->
                                    GradientMode.off(
                                            () -> {
                                                dit.apply(pass, x, condition).close();
                                                return null;
                                            }));
            Map<String, Timing> timings =
                    new Contest(effort).add("zigma", ofZigma).addEngines("dit", ofDit).run();
            return new BenchReport.ScalingPoint(
                    tokens,
                    timings.get("zigma"),
                    timings.get("dit"),
                    PeakMemory.of(manager, ofZigma::run),
                    PeakMemory.of(manager, ofDit::run));
        }
    }
}
