package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.cpu.ScanArrays;
import io.zigma.op.cpu.ScanBackward;
import io.zigma.op.cpu.ScanChannels;
import io.zigma.op.cpu.ScanForward;
import io.zigma.op.cpu.ScanSelection;
import io.zigma.op.cpu.ScanShape;
import io.zigma.scan.ScanPath;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The fused selective scan on {@code NDArray}s; loaded only where the Vector API is present. */
final class FusedScan {

    private FusedScan() {}

    /** Scans without a thought for gradients. */
    static NDArray forward(ScanOperands operands) {
        NDArray y = Kernels.allocate(operands.u(), operands.u().getShape());
        run(operands, y, null);
        return y;
    }

    /** Scans without a thought for gradients, and without delta in memory. */
    static NDArray forward(ProjectedScan scan) {
        NDArray y = Kernels.allocate(scan.u(), scan.u().getShape());
        try (NDScope copies = new NDScope()) {
            copies.suppressNotUsedWarning();
            ScanForward.run(
                    shape(scan.u(), scan.a()),
                    scan.path().order(),
                    new ScanChannels(
                            Kernels.floats(scan.u()),
                            Kernels.floats(scan.a()),
                            Kernels.floatsIfPresent(scan.d()),
                            Kernels.floatsIfPresent(scan.gate()),
                            Kernels.floatsIfPresent(scan.dtBias())),
                    new ScanSelection(
                            Kernels.floats(scan.dtBC()),
                            Kernels.floats(scan.dtProj()),
                            Math.toIntExact(scan.dtRank())),
                    Kernels.floats(y),
                    Kernels.threads());
        }
        return y;
    }

    /** Returns whether the states that backward needs fit into one buffer. */
    static boolean canRecord(ScanOperands operands) {
        return Kernels.addressable(shape(operands).checkpointSize());
    }

    /** Scans, and has the tape remember how gradients flow back. */
    static NDArray record(ScanOperands operands, GradientTape tape) {
        NDArray y = Kernels.allocate(operands.u(), operands.u().getShape());
        // at least one element, because an empty array has no memory to take a buffer of
        long size = Math.max(1, shape(operands).checkpointSize());
        NDArray checkpoints = Kernels.allocate(operands.u(), new Shape(size));
        run(operands, y, checkpoints);
        boolean softplus = operands.softplus();
        ScanPath path = operands.path();
        return tape.cut(
                y,
                operands.arrays(),
                List.of(checkpoints),
                (roots, gradient) ->
                        backward(ScanOperands.of(roots, softplus, path), checkpoints, gradient));
    }

    private static void run(ScanOperands operands, NDArray y, @Nullable NDArray checkpoints) {
        try (NDScope copies = new NDScope()) {
            copies.suppressNotUsedWarning();
            ScanForward.run(
                    shape(operands),
                    operands.path().order(),
                    operands.softplus(),
                    buffers(operands.arrays()),
                    Kernels.floats(y),
                    Kernels.floatsIfPresent(checkpoints),
                    Kernels.threads());
        }
    }

    private static List<@Nullable NDArray> backward(
            ScanOperands operands, NDArray checkpoints, NDArray gradient) {
        List<@Nullable NDArray> gradients =
                operands.arrays().stream()
                        .<@Nullable NDArray>map(array -> Kernels.allocateLike(gradient, array))
                        .toList();
        try (NDScope copies = new NDScope()) {
            copies.suppressNotUsedWarning();
            ScanBackward.run(
                    shape(operands),
                    operands.path().order(),
                    operands.softplus(),
                    buffers(operands.arrays()),
                    Kernels.floats(checkpoints),
                    Kernels.floats(gradient),
                    buffers(gradients),
                    Kernels.threads());
        }
        return gradients;
    }

    private static ScanShape shape(ScanOperands operands) {
        return shape(operands.u(), operands.a());
    }

    private static ScanShape shape(NDArray u, NDArray a) {
        Shape tokens = u.getShape();
        return new ScanShape(
                Math.toIntExact(tokens.get(0)),
                Math.toIntExact(tokens.get(1)),
                Math.toIntExact(tokens.get(2)),
                Math.toIntExact(a.getShape().get(1)));
    }

    private static ScanArrays buffers(List<@Nullable NDArray> arrays) {
        List<@Nullable FloatBuffer> buffers =
                arrays.stream().<@Nullable FloatBuffer>map(Kernels::floatsIfPresent).toList();
        return new ScanArrays(
                Objects.requireNonNull(buffers.get(0)),
                Objects.requireNonNull(buffers.get(1)),
                Objects.requireNonNull(buffers.get(2)),
                Objects.requireNonNull(buffers.get(3)),
                Objects.requireNonNull(buffers.get(4)),
                buffers.get(5),
                buffers.get(6),
                buffers.get(7));
    }
}
