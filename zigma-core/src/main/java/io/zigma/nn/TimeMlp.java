package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.Scratch;
import io.zigma.op.Silu;

/** The two layers with SiLU between that sinusoids of the time pass in most backbones. */
public final class TimeMlp extends UnaryBlock {

    private final int outputs;
    private final Dense first;
    private final Dense second;

    /**
     * Creates the block.
     *
     * @param inputs length of the sinusoids
     * @param inner channels between the layers
     * @param outputs channels of the embedding
     */
    public TimeMlp(int inputs, int inner, int outputs) {
        this.outputs = outputs;
        first = child("0", new Dense(inputs, inner, true));
        second = child("2", new Dense(inner, outputs, true));
    }

    /**
     * Maps sinusoids.
     *
     * @param pass parameter values of this forward pass
     * @param x (B, inputs)
     * @return (B, outputs)
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(() -> second.apply(pass, Silu.apply(first.apply(pass, x))));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), outputs)};
    }
}
