package io.zigma.op;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.zigma.scan.ScanPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hand-written kernels for one kind of device. Each operation returns null where the set does not
 * support the operands' device, type or shape; it has done nothing then, and the next set is asked.
 *
 * <p>With a tape, an operation has it remember how gradients flow back; with none, no gradient is
 * wanted.
 */
interface KernelSet {

    /**
     * Returns whether convolution, scan and gated sum take activations in bfloat16 on a device,
     * where no gradient is wanted.
     */
    boolean takesBfloat16(Device device);

    /** Scans; y (B, L, E), in the manager of u. */
    @Nullable NDArray scan(ScanOperands operands, @Nullable GradientTape tape);

    /**
     * Scans with delta's projection in the kernel, which may round differently; without gradients.
     *
     * @return y (B, L, E), in the manager of u
     */
    @Nullable NDArray scan(ProjectedScan operands);

    /**
     * Convolves along a path and applies SiLU.
     *
     * @param operands x (B, L, E), weight (E, 1, K) and bias (E) or null
     * @return y (B, L, E), in the manager of x
     */
    @Nullable NDArray convolution(
            List<@Nullable NDArray> operands, ScanPath path, @Nullable GradientTape tape);

    /**
     * Normalises.
     *
     * @return the norm and, where there is something to modulate it with, the modulated norm, in
     *     the manager of x
     */
    @Nullable List<NDArray> norm(NormOperands operands, @Nullable GradientTape tape);

    /**
     * Normalises groups of channels.
     *
     * @return (B, C, H, W), in the manager of x
     */
    @Nullable NDArray groupNorm(GroupNormOperands operands, @Nullable GradientTape tape);

    /**
     * Adds x + gate · y.
     *
     * @return (B, L, D), in the manager of x
     */
    @Nullable NDArray gatedSum(NDArray x, NDArray y, NDArray gate, @Nullable GradientTape tape);
}
