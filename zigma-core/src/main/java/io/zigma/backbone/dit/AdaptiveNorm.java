package io.zigma.backbone.dit;

import ai.djl.ndarray.NDArray;
import io.zigma.op.Normalization;

/** Layer norm without weights of its own, shifted and scaled by the condition. */
final class AdaptiveNorm {

    private AdaptiveNorm() {}

    /**
     * Returns norm(x) · (1 + scale) + shift (official {@code modulate}).
     *
     * @param x tokens (B, L, D)
     * @param shift (B, 1, D)
     * @param scale (B, 1, D)
     * @return (B, L, D)
     */
    static NDArray of(NDArray x, NDArray shift, NDArray scale) {
        return Normalization.modulatedLayer(x, null, null, DiTBlock.EPSILON, shift, scale)
                .modulated();
    }
}
