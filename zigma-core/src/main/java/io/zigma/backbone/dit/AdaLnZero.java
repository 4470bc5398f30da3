package io.zigma.backbone.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.zigma.op.GradientTape;

/**
 * The modulation of a block with adaLN-Zero, in the official order; each part is (B, 1, D).
 *
 * @param shiftAttention β₁
 * @param scaleAttention γ₁ − 1
 * @param gateAttention α₁
 * @param shiftMlp β₂
 * @param scaleMlp γ₂ − 1
 * @param gateMlp α₂
 */
record AdaLnZero(
        NDArray shiftAttention,
        NDArray scaleAttention,
        NDArray gateAttention,
        NDArray shiftMlp,
        NDArray scaleMlp,
        NDArray gateMlp) {

    /** Takes the regressed parts (B, 6D) apart. */
    static AdaLnZero of(NDArray regressed) {
        NDList parts = GradientTape.accumulateAt(regressed).expandDims(1).split(6, 2);
        return new AdaLnZero(
                parts.get(0), parts.get(1), parts.get(2), parts.get(3), parts.get(4), parts.get(5));
    }
}
