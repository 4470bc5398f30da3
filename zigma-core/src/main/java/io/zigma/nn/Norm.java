package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.Modulated;

/** A normalisation over the last axis with learned parameters. */
public abstract sealed class Norm extends UnaryBlock permits RmsNorm, LayerNorm {

    /**
     * Normalises and modulates, n = norm(x) and n · (1 + scale) + shift.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, L, D)
     * @param shift (B, 1, D)
     * @param scale (B, 1, D)
     * @return both (B, L, D)
     */
    public abstract Modulated modulated(Pass pass, NDArray x, NDArray shift, NDArray scale);

    @Override
    public final Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
