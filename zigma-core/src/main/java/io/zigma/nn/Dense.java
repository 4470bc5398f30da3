package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.zigma.op.DenseProduct;
import org.jspecify.annotations.Nullable;

/** A fully connected layer on the last axis, y = x·Wᵀ + b, with W (out, in) as PyTorch keeps it. */
public final class Dense extends UnaryBlock {

    private final int outputs;
    private final Parameter weight;
    private final @Nullable Parameter bias;

    /**
     * Creates a layer.
     *
     * @param inputs size of the last axis of the input
     * @param outputs size of the last axis of the output
     * @param biased whether b is there
     */
    public Dense(int inputs, int outputs, boolean biased) {
        this.outputs = outputs;
        weight = parameter("weight", Parameter.Type.WEIGHT, outputs, inputs);
        bias = biased ? parameter("bias", Parameter.Type.BIAS, outputs) : null;
    }

    /**
     * Applies the layer.
     *
     * @param store where the parameters' values come from
     * @param x (…, in)
     * @param training true in a training pass
     * @return (…, out)
     */
    @Override
    public NDArray apply(ParameterStore store, NDArray x, boolean training) {
        return DenseProduct.apply(x, weight(store, x, training), bias(store, x, training));
    }

    /** Rows {@code from} to {@code to} of the layer: as if only those outputs existed. */
    NDArray applyRows(ParameterStore store, NDArray x, int from, int to, boolean training) {
        NDArray rows = weight(store, x, training).get("{}:{}", from, to); // (to − from, in)
        NDArray shift = bias(store, x, training);
        return DenseProduct.apply(x, rows, shift == null ? null : shift.get("{}:{}", from, to));
    }

    /** Returns W (out, in). */
    NDArray weight(ParameterStore store, NDArray like, boolean training) {
        return value(store, weight, like, training);
    }

    /** Returns b (out), or null for a layer without one. */
    @Nullable NDArray bias(ParameterStore store, NDArray like, boolean training) {
        return bias == null ? null : value(store, bias, like, training);
    }

    @Override
    public OperationCount operations(long vectors) {
        return OperationCount.ofMatrixProducts(vectors * weight.getShape().size());
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape input = inputShapes[0];
        return new Shape[] {input.slice(0, input.dimension() - 1).add(outputs)};
    }
}
