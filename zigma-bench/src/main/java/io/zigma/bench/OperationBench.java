package io.zigma.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.GradientMode;
import io.zigma.nn.MambaShape;
import io.zigma.op.CausalConvolution;
import io.zigma.op.GradientTape;
import io.zigma.op.SelectiveScan;
import io.zigma.scan.LayerScan;
import io.zigma.scan.ScanPath;
import java.util.List;

/**
 * The operations that have a kernel of their own, beside their references: along a path of the
 * model, and along the straight one, to see what visiting tokens in another order costs.
 */
final class OperationBench implements AutoCloseable {

    private final BenchCase benchCase;
    private final Effort effort;
    private final NDManager manager;
    private final ScanPath path;
    private final ScanPath straight;
    private final MambaShape mamba;

    /**
     * Prepares measuring.
     *
     * @param benchCase whose sizes the operations have
     * @param effort how long each is measured
     * @param parent owns the operands until {@link #close}
     */
    OperationBench(BenchCase benchCase, Effort effort, NDManager parent) {
        this.benchCase = benchCase;
        this.effort = effort;
        manager = parent.newSubManager();
        // the second path is by columns, the farthest from the order in memory
        List<LayerScan> layers = benchCase.model().scanPlan().orElseThrow().layers();
        path = layers.get(Math.min(1, layers.size() - 1)).paths().get(0);
        straight = ScanPath.straight(benchCase.tokens());
        mamba = benchCase.model().mamba().orElseThrow();
    }

    /** An operation on fresh operands along a path. */
    @FunctionalInterface
    private interface Operation {

        NDArray apply(List<NDArray> operands, ScanPath path);
    }

    /** Measures the selective scan. */
    void scan(BenchReport report) {
        long states = mamba.config().stateSize();
        Shape byChannel = new Shape(channels());
        List<NDArray> operands =
                List.of(
                        tokens(channels()), // u
                        tokens(channels()), // delta
                        manager.randomUniform(-states, -1, new Shape(channels(), states)), // A
                        tokens(states), // B
                        tokens(states), // C
                        manager.randomNormal(byChannel), // skip
                        tokens(channels()), // gate
                        manager.randomNormal(byChannel)); // bias
        Operation scan =
                (o, order) ->
                        SelectiveScan.apply(
                                o.get(0), o.get(1), o.get(2), o.get(3), o.get(4), o.get(5),
                                o.get(6), o.get(7), order);
        forward("scan.forward", operands, scan, report);
        backward("scan.backward", operands, scan, report);
        report.ratio("scan.order.ratio", "scan.forward.fused", "scan.forward.straight");
    }

    /** Measures the causal convolution. */
    void convolution(BenchReport report) {
        int width = mamba.config().convolutionWidth();
        List<NDArray> operands =
                List.of(
                        tokens(channels()),
                        manager.randomNormal(new Shape(channels(), 1, width)),
                        manager.randomNormal(new Shape(channels())));
        Operation convolution =
                (o, order) -> CausalConvolution.silu(o.get(0), o.get(1), o.get(2), order);
        forward("conv", operands, convolution, report);
        backward("conv.backward", operands, convolution, report);
        report.ratio("conv.order.ratio", "conv.fused", "conv.straight");
    }

    private long channels() {
        return mamba.innerSize();
    }

    private NDArray tokens(long size) {
        return manager.randomNormal(new Shape(benchCase.batch(), benchCase.tokens(), size));
    }

    private void forward(
            String key, List<NDArray> operands, Operation operation, BenchReport report) {
        Trial fused = () -> timeForward(operands, operation, path);
        report.timings(
                new Contest(effort)
                        .add(key + ".fused", fused)
                        .add(key + ".straight", () -> timeForward(operands, operation, straight))
                        .addEngines(key + ".reference", fused.onReferences())
                        .run());
    }

    private long timeForward(List<NDArray> operands, Operation operation, ScanPath path) {
        return GradientMode.off(
                () -> {
                    Trial.finish(manager);
                    long start = System.nanoTime();
                    NDArray result = operation.apply(operands, path);
                    Trial.finish(manager);
                    long taken = System.nanoTime() - start;
                    result.close();
                    return taken;
                });
    }

    private void backward(
            String key, List<NDArray> operands, Operation operation, BenchReport report) {
        Trial fused = () -> timeBackward(operands, operation, path);
        report.timings(
                new Contest(effort)
                        .add(key + ".fused", fused)
                        .add(key + ".straight", () -> timeBackward(operands, operation, straight))
                        .addEngines(key + ".reference", fused.onReferences())
                        .run());
    }

    /** Times the backward pass alone, from the sum of all results to all operands. */
    private long timeBackward(List<NDArray> operands, Operation operation, ScanPath path) {
        try (NDScope scope = new NDScope();
                GradientTape tape = GradientTape.open()) {
            scope.suppressNotUsedWarning();
            // fresh leaves, so that gradients are moved and not added to earlier ones
            List<NDArray> leaves = operands.stream().map(NDArray::stopGradient).toList();
            leaves.forEach(leaf -> leaf.setRequiresGradient(true));
            NDArray sum = operation.apply(leaves, path).sum();
            Trial.finish(manager);
            long start = System.nanoTime();
            tape.backward(sum);
            Trial.finish(manager);
            return System.nanoTime() - start;
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
