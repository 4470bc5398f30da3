package io.zigma.backbone.uvit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.nn.Dense;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Scratch;
import io.zigma.op.Silu;

/**
 * The network that the time's sinusoids pass where {@code mlp_time_embed} is set; no published
 * model has it.
 */
final class TimeEmbedding extends UnaryBlock {

    private static final int WIDENING = 4;

    private final int hiddenSize;
    private final Dense first; // D → 4D
    private final Dense second; // 4D → D

    TimeEmbedding(int hiddenSize) {
        this.hiddenSize = hiddenSize;
        first = child("0", new Dense(hiddenSize, WIDENING * hiddenSize, true));
        second = child("2", new Dense(WIDENING * hiddenSize, hiddenSize, true));
    }

    /**
     * Maps sinusoids.
     *
     * @param pass parameter values of this forward pass
     * @param x (B, D)
     * @return (B, D)
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(() -> second.apply(pass, Silu.apply(first.apply(pass, x))));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), hiddenSize)};
    }
}
