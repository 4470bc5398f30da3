package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.zigma.op.Modulated;

/** A normalisation over the last axis with learned parameters. */
public abstract sealed class Norm extends UnaryBlock permits RmsNorm, LayerNorm {

    /**
     * Normalises and modulates, n = norm(x) and n · (1 + scale) + shift.
     *
     * @param store where the parameters' values come from
     * @param x (B, L, D)
     * @param shift (B, 1, D)
     * @param scale (B, 1, D)
     * @param training true in a training pass
     * @return both (B, L, D)
     */
    public abstract Modulated modulated(
            ParameterStore store, NDArray x, NDArray shift, NDArray scale, boolean training);

    @Override
    public final Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
