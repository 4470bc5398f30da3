package io.zigma.backbone.zigma;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.zigma.nn.CrossAttention;
import io.zigma.nn.Pass;
import io.zigma.op.GatedSum;
import io.zigma.op.GradientTape;
import io.zigma.op.Normalization;
import org.jspecify.annotations.Nullable;

/**
 * What a layer of a text-conditional model does after its mixer: h + gate · attention(norm(h) · (1
 * + scale) + shift, text), where the norm has no parameters (ZigMa 2024, figure 3; official {@code
 * Block}).
 *
 * @param attention from the image's tokens to those of the text
 */
record TextBranch(CrossAttention attention) {

    private static final double EPSILON = 1e-6;

    /**
     * Adds the cross-attention to the text.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param hidden h (B, L, D)
     * @param text (B, n, D)
     * @param mask 1 for each of its tokens that counts (B, n), null where all do
     * @param parts shift, scale and gate, each (B, 1, D)
     * @return (B, L, D)
     */
    NDArray apply(Pass pass, NDArray hidden, NDArray text, @Nullable NDArray mask, NDList parts) {
        NDArray h = GradientTape.accumulateAt(hidden); // used twice
        NDArray attended = attention.apply(pass, asking(h, parts), text, mask); // (B, L, D)
        return GatedSum.of(h, attended, parts.get(2));
    }

    /** Returns the modulated norm of h, from which the queries come (B, L, D). */
    static NDArray asking(NDArray h, NDList parts) {
        return Normalization.modulatedLayer(h, null, null, EPSILON, parts.get(0), parts.get(1))
                .modulated();
    }
}
