package io.zigma.op;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.zigma.scan.ScanPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Kernels for processors, in float32, where Java has the Vector API ({@code op.cpu}). */
final class CpuKernels implements KernelSet {

    @Override
    public boolean takesBfloat16(Device device) {
        return false;
    }

    @Override
    public @Nullable NDArray scan(ScanOperands operands, @Nullable GradientTape tape) {
        if (!operands.selective() || !Kernels.accept(operands.arrays())) {
            return null;
        }
        if (tape == null) {
            return FusedScan.forward(operands);
        }
        return FusedScan.canRecord(operands) ? FusedScan.record(operands, tape) : null;
    }

    @Override
    public @Nullable NDArray scan(ProjectedScan operands) {
        return Kernels.accept(operands.arrays()) ? FusedScan.forward(operands) : null;
    }

    @Override
    public @Nullable NDArray convolution(
            List<@Nullable NDArray> operands, ScanPath path, @Nullable GradientTape tape) {
        if (!Kernels.accept(operands)) {
            return null;
        }
        return tape == null
                ? FusedConvolution.forward(operands, path)
                : FusedConvolution.record(operands, path, tape);
    }

    @Override
    public @Nullable List<NDArray> norm(NormOperands operands, @Nullable GradientTape tape) {
        if (!Kernels.accept(operands.arrays()) || operands.x().size() == 0) {
            return null;
        }
        return tape == null ? FusedNorm.forward(operands) : FusedNorm.record(operands, tape);
    }

    @Override
    public @Nullable NDArray groupNorm(GroupNormOperands operands, @Nullable GradientTape tape) {
        return Kernels.accept(operands.arrays()) && operands.x().size() > 0
                ? FusedGroupNorm.apply(operands, tape)
                : null;
    }

    /** The engine's own two operations are as fast. */
    @Override
    public @Nullable NDArray gatedSum(
            NDArray x, NDArray y, NDArray gate, @Nullable GradientTape tape) {
        return null;
    }
}
