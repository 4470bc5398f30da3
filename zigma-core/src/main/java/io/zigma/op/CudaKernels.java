package io.zigma.op;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import io.zigma.op.cuda.CudaDevice;
import io.zigma.scan.ScanPath;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Kernels for NVIDIA's GPUs, in float32 and bfloat16 ({@code op.cuda}). */
final class CudaKernels implements KernelSet {

    private final Function<Device, @Nullable CudaDevice> devices;

    /**
     * Creates the set.
     *
     * @param devices the GPU that a device of the engine's is, null for one that has no kernels
     */
    CudaKernels(Function<Device, @Nullable CudaDevice> devices) {
        this.devices = devices;
    }

    @Override
    public boolean takesBfloat16(Device device) {
        return devices.apply(device) != null;
    }

    @Override
    public @Nullable NDArray scan(ScanOperands operands, @Nullable GradientTape tape) {
        CudaDevice device = deviceOf(operands.u(), operands.arrays());
        return device == null ? null : CudaScan.apply(operands, tape, device);
    }

    /** The projection is a product of matrices, which the engine is best at. */
    @Override
    public @Nullable NDArray scan(ProjectedScan operands) {
        return null;
    }

    @Override
    public @Nullable NDArray convolution(
            List<@Nullable NDArray> operands, ScanPath path, @Nullable GradientTape tape) {
        NDArray x = operands.get(0);
        CudaDevice device = x == null ? null : deviceOf(x, operands);
        return device == null ? null : CudaConvolution.apply(operands, path, tape, device);
    }

    @Override
    public @Nullable List<NDArray> norm(NormOperands operands, @Nullable GradientTape tape) {
        CudaDevice device = deviceOf(operands.x(), operands.arrays());
        return device == null ? null : CudaNorm.apply(operands, tape, device);
    }

    /** The engine's own operations do it. */
    @Override
    public @Nullable NDArray groupNorm(GroupNormOperands operands, @Nullable GradientTape tape) {
        return null;
    }

    @Override
    public @Nullable NDArray gatedSum(
            NDArray x, NDArray y, NDArray gate, @Nullable GradientTape tape) {
        CudaDevice device = deviceOf(x, Arrays.asList(x, y, gate));
        return device == null ? null : CudaGatedSum.apply(x, y, gate, tape, device);
    }

    /** Returns the GPU that all arrays are on, null if there is none or nothing to compute. */
    private @Nullable CudaDevice deviceOf(NDArray first, List<? extends @Nullable NDArray> arrays) {
        Device place = first.getDevice();
        CudaDevice device = devices.apply(place);
        if (device == null || first.size() == 0) {
            return null;
        }
        for (NDArray array : arrays) {
            if (array != null && !(array instanceof PtNDArray && array.getDevice().equals(place))) {
                return null;
            }
        }
        return device;
    }
}
