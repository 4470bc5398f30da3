package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** A normalisation over the last axis with learned parameters. */
public abstract sealed class Norm extends NamedBlock permits RmsNorm, LayerNorm {

    /**
     * Normalises.
     *
     * @param store where the parameters' values come from
     * @param x (…, D)
     * @param training true in a training pass
     * @return (…, D)
     */
    public abstract NDArray apply(ParameterStore store, NDArray x, boolean training);

    @Override
    protected final NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        return new NDList(apply(store, inputs.singletonOrThrow(), training));
    }

    @Override
    public final Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
