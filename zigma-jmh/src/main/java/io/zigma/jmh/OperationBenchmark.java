package io.zigma.jmh;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.zigma.op.GradientTape;
import io.zigma.scan.Grid;
import io.zigma.scan.ScanPath;
import io.zigma.scan.Zigzag;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** An operation forward, and forward and backward, on random operands. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Dai.djl.offline=true"})
public abstract class OperationBenchmark {

    /** Fused or reference. */
    @Param public Implementation implementation = Implementation.FUSED;

    /** Side of the grid of tokens, L = side². */
    @Param("32")
    public int side;

    /** Sequences B. */
    @Param("1")
    public int batch;

    /** Threads that compute. */
    @Param("2")
    public int threads;

    private @Nullable NDManager manager;
    private List<NDArray> operands = List.of();
    private ScanPath path = ScanPath.straight(1);

    /** Creates the benchmark; JMH does. */
    protected OperationBenchmark() {}

    /** Samples the operands. */
    abstract List<NDArray> operands(NDManager owner);

    /** Runs the operation. */
    abstract NDArray apply(List<NDArray> given, ScanPath along);

    /** Returns random tokens (B, L, size). */
    final NDArray tokens(NDManager owner, long size) {
        return owner.randomNormal(new Shape(batch, (long) side * side, size));
    }

    /** Samples all operands. */
    @Setup
    public final void open() {
        manager = NDManager.newBaseManager(); // loads the engine
        JniUtils.setNumThreads(threads);
        JniUtils.setGradMode(false); // new threads start with recording on
        path = new Zigzag(2).plan(Grid.image(side, side), 2).get(1).paths().get(0);
        operands = operands(manager);
    }

    /** Frees everything. */
    @TearDown
    public final void close() {
        Objects.requireNonNull(manager).close();
    }

    /** Runs the operation, recording nothing. */
    @Benchmark
    public final void forward() {
        implementation.run(() -> apply(operands, path)).close();
    }

    /** Runs the operation and computes the gradients of all operands. */
    @Benchmark
    public final void forwardBackward() {
        implementation.run(
                () -> {
                    try (NDScope scope = new NDScope();
                            GradientTape tape = GradientTape.open()) {
                        scope.suppressNotUsedWarning();
                        List<NDArray> leaves =
                                operands.stream().map(NDArray::stopGradient).toList();
                        leaves.forEach(leaf -> leaf.setRequiresGradient(true));
                        tape.backward(apply(leaves, path).sum());
                        return leaves.size();
                    }
                });
    }
}
