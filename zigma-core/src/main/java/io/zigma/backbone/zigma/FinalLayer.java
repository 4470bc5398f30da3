package io.zigma.backbone.zigma;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.nn.Dense;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Normalization;

/**
 * The head: layer norm without parameters, then a projection to patches (official {@code
 * FinalLayer}, no adaLN).
 */
final class FinalLayer extends UnaryBlock {

    private static final double EPSILON = 1e-6;

    private final int patchValues;
    private final Dense linear;

    FinalLayer(int hiddenSize, int patchValues) {
        this.patchValues = patchValues;
        linear = child("linear", new Dense(hiddenSize, patchValues, true));
    }

    /** Maps tokens (B, L, D) to patches (B, L, p·p·C). */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return linear.apply(pass, Normalization.layer(x, null, null, EPSILON));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape input = inputShapes[0];
        return new Shape[] {input.slice(0, input.dimension() - 1).add(patchValues)};
    }
}
