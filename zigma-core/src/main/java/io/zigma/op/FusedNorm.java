package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.cpu.NormArrays;
import io.zigma.op.cpu.NormBackward;
import io.zigma.op.cpu.NormForward;
import io.zigma.op.cpu.NormShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Norms and modulated norms in one pass, on {@code NDArray}s; loaded only where the Vector API is
 * present.
 */
final class FusedNorm {

    private FusedNorm() {}

    /** Returns the norm and, where there is something to modulate it with, the modulated norm. */
    static List<NDArray> forward(NormOperands operands) {
        NDArray x = operands.x();
        List<NDArray> results = new ArrayList<>();
        results.add(Kernels.allocate(x, x.getShape()));
        if (operands.modulated()) {
            results.add(Kernels.allocate(x, x.getShape()));
        }
        try (NDScope copies = new NDScope()) {
            copies.suppressNotUsedWarning();
            NormForward.run(
                    shape(operands),
                    buffers(operands.arrays()),
                    Kernels.floats(results.get(0)),
                    operands.modulated() ? Kernels.floats(results.get(1)) : null,
                    Kernels.threads());
        }
        return results;
    }

    /** The same, and has the tape remember how gradients flow back. */
    static List<NDArray> record(NormOperands operands, GradientTape tape) {
        List<NDArray> results = forward(operands);
        NormShape shape = shape(operands);
        tape.cut(
                results,
                operands.arrays(),
                List.of(),
                (roots, gradients) -> backward(shape, roots, gradients));
        return results;
    }

    private static List<@Nullable NDArray> backward(
            NormShape shape,
            List<@Nullable NDArray> operands,
            List<@Nullable NDArray> resultGradients) {
        NDArray owned = resultGradients.stream().filter(Objects::nonNull).findFirst().orElseThrow();
        List<@Nullable NDArray> gradients =
                operands.stream()
                        .<@Nullable NDArray>map(array -> Kernels.allocateLike(owned, array))
                        .toList();
        NDArray modulated = resultGradients.size() > 1 ? resultGradients.get(1) : null;
        try (NDScope copies = new NDScope()) {
            copies.suppressNotUsedWarning();
            NormBackward.run(
                    shape,
                    buffers(operands),
                    Kernels.floatsIfPresent(resultGradients.get(0)),
                    Kernels.floatsIfPresent(modulated),
                    buffers(gradients),
                    Kernels.threads());
        }
        return gradients;
    }

    private static NormShape shape(NormOperands operands) {
        Shape x = operands.x().getShape();
        long size = x.get(x.dimension() - 1);
        // a norm alone knows no sequences
        long batch = operands.modulated() ? x.get(0) : 1;
        return new NormShape(
                Math.toIntExact(batch),
                Math.toIntExact(x.size() / size / batch),
                Math.toIntExact(size),
                operands.centred(),
                (float) operands.eps());
    }

    private static NormArrays buffers(List<@Nullable NDArray> arrays) {
        return new NormArrays(
                Kernels.floats(Objects.requireNonNull(arrays.get(0))),
                Kernels.floatsIfPresent(arrays.get(1)),
                Kernels.floatsIfPresent(arrays.get(2)),
                Kernels.floatsIfPresent(arrays.get(3)),
                Kernels.floatsIfPresent(arrays.get(4)));
    }
}
