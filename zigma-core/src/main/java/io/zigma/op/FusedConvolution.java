package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.cpu.ConvolutionArrays;
import io.zigma.op.cpu.ConvolutionBackward;
import io.zigma.op.cpu.ConvolutionForward;
import io.zigma.op.cpu.ConvolutionShape;
import io.zigma.scan.ScanPath;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The fused causal convolution on {@code NDArray}s: x, weight and bias; loaded only where the
 * Vector API is present.
 */
final class FusedConvolution {

    private FusedConvolution() {}

    /** Convolves without a thought for gradients. */
    static NDArray forward(List<@Nullable NDArray> operands, ScanPath path) {
        NDArray x = Objects.requireNonNull(operands.get(0));
        NDArray y = Kernels.allocate(x, x.getShape());
        try (NDScope copies = new NDScope()) {
            copies.suppressNotUsedWarning();
            ConvolutionForward.run(
                    shape(operands),
                    path.order(),
                    buffers(operands),
                    Kernels.floats(y),
                    Kernels.threads());
        }
        return y;
    }

    /** Convolves, and has the tape remember how gradients flow back. */
    static NDArray record(List<@Nullable NDArray> operands, ScanPath path, GradientTape tape) {
        return tape.cut(
                forward(operands, path),
                operands,
                List.of(),
                (roots, gradient) -> backward(roots, path, gradient));
    }

    private static List<@Nullable NDArray> backward(
            List<@Nullable NDArray> operands, ScanPath path, NDArray gradient) {
        List<@Nullable NDArray> gradients =
                operands.stream()
                        .<@Nullable NDArray>map(array -> Kernels.allocateLike(gradient, array))
                        .toList();
        try (NDScope copies = new NDScope()) {
            copies.suppressNotUsedWarning();
            ConvolutionBackward.run(
                    shape(operands),
                    path.order(),
                    buffers(operands),
                    Kernels.floats(gradient),
                    buffers(gradients),
                    Kernels.threads());
        }
        return gradients;
    }

    private static ConvolutionShape shape(List<@Nullable NDArray> operands) {
        Shape tokens = Objects.requireNonNull(operands.get(0)).getShape();
        Shape kernel = Objects.requireNonNull(operands.get(1)).getShape();
        return new ConvolutionShape(
                Math.toIntExact(tokens.get(0)),
                Math.toIntExact(tokens.get(1)),
                Math.toIntExact(tokens.get(2)),
                Math.toIntExact(kernel.get(2)));
    }

    private static ConvolutionArrays buffers(List<@Nullable NDArray> arrays) {
        return new ConvolutionArrays(
                Kernels.floats(Objects.requireNonNull(arrays.get(0))),
                Kernels.floats(Objects.requireNonNull(arrays.get(1))),
                Kernels.floatsIfPresent(arrays.get(2)));
    }
}
