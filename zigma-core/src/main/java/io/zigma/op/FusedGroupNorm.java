package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.cpu.GroupNormArrays;
import io.zigma.op.cpu.GroupNormBackward;
import io.zigma.op.cpu.GroupNormForward;
import io.zigma.op.cpu.GroupNormShape;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Group norm with SiLU in one kernel, on {@code NDArray}s; loaded only with the Vector API. */
final class FusedGroupNorm {

    private FusedGroupNorm() {}

    /** Normalises; the tape, if there is one, remembers how gradients flow back. */
    static NDArray apply(GroupNormOperands operands, @Nullable GradientTape tape) {
        NDArray y = Kernels.allocate(operands.x(), operands.x().getShape());
        GroupNormShape shape = shape(operands);
        float[] statistics;
        try (NDScope copies = new NDScope()) {
            copies.suppressNotUsedWarning();
            statistics =
                    GroupNormForward.run(
                            shape,
                            buffers(operands.arrays()),
                            Kernels.floats(y),
                            Kernels.threads());
        }
        return tape == null
                ? y
                : tape.cut(
                        y,
                        operands.arrays(),
                        List.of(),
                        (roots, gradient) -> backward(shape, statistics, roots, gradient));
    }

    private static List<@Nullable NDArray> backward(
            GroupNormShape shape,
            float[] statistics,
            List<@Nullable NDArray> operands,
            NDArray gradient) {
        List<NDArray> given = operands.stream().map(Objects::requireNonNull).toList();
        List<@Nullable NDArray> gradients =
                given.stream()
                        .<@Nullable NDArray>map(
                                array -> Kernels.allocate(gradient, array.getShape()))
                        .toList();
        try (NDScope copies = new NDScope()) {
            copies.suppressNotUsedWarning();
            GroupNormBackward.run(
                    shape,
                    buffers(given),
                    statistics,
                    Kernels.floats(gradient),
                    buffers(gradients),
                    Kernels.threads());
        }
        return gradients;
    }

    private static GroupNormShape shape(GroupNormOperands operands) {
        Shape x = operands.x().getShape();
        return new GroupNormShape(
                Math.toIntExact(x.get(0)),
                Math.toIntExact(x.get(1)),
                operands.groups(),
                Math.toIntExact(x.get(2) * x.get(3)),
                operands.perPicture(),
                (float) operands.epsilon(),
                operands.silu());
    }

    private static GroupNormArrays buffers(List<? extends @Nullable NDArray> arrays) {
        return new GroupNormArrays(
                Kernels.floats(Objects.requireNonNull(arrays.get(0))),
                Kernels.floats(Objects.requireNonNull(arrays.get(1))),
                Kernels.floats(Objects.requireNonNull(arrays.get(2))));
    }
}
