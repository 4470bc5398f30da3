package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.JniUtils;

/**
 * Sums at the end of a layer. Where no gradient is recorded, the last result is written over, which
 * saves fresh memory.
 */
public final class GatedSum {

    private GatedSum() {}

    /**
     * Returns x + gate · y (DiT 2023, figure 3).
     *
     * @param x (B, L, D)
     * @param y (B, L, D)
     * @param gate of each sequence (B, 1, D)
     * @return (B, L, D)
     */
    public static NDArray of(NDArray x, NDArray y, NDArray gate) {
        NDArray sum = KernelSets.recorded((set, tape) -> set.gatedSum(x, y, gate, tape));
        return sum == null ? of(x, y.mul(gate)) : sum;
    }

    /**
     * Returns x + y.
     *
     * @param x any shape
     * @param y of the same shape, which may be overwritten
     * @return the sum; may be y
     */
    public static NDArray of(NDArray x, NDArray y) {
        return JniUtils.isGradMode() ? x.add(y) : y.addi(x);
    }
}
