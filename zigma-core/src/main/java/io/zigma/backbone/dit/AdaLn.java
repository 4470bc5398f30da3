package io.zigma.backbone.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.zigma.op.GradientTape;

/**
 * The modulation of a block with plain adaLN, in the order of adaLN-Zero without its gates; each
 * part is (B, 1, D).
 *
 * @param shiftAttention β₁
 * @param scaleAttention γ₁ − 1
 * @param shiftMlp β₂
 * @param scaleMlp γ₂ − 1
 */
record AdaLn(NDArray shiftAttention, NDArray scaleAttention, NDArray shiftMlp, NDArray scaleMlp) {

    /** Takes the regressed parts (B, 4D) apart. */
    static AdaLn of(NDArray regressed) {
        NDList parts = GradientTape.accumulateAt(regressed).expandDims(1).split(4, 2);
        return new AdaLn(parts.get(0), parts.get(1), parts.get(2), parts.get(3));
    }
}
