package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.Gelu;
import io.zigma.op.Scratch;

/**
 * A transformer's two-layer network for each token, with tanh-GELU between (Vaswani et al. 2017,
 * section 3.3; timm's {@code Mlp}).
 */
public final class Mlp extends UnaryBlock {

    private final Dense first; // D → I
    private final Dense second; // I → D

    /**
     * Creates the block.
     *
     * @param hiddenSize channels D of a token
     * @param innerSize channels I between the layers, 4·D in most transformers
     */
    public Mlp(int hiddenSize, int innerSize) {
        first = child("fc1", new Dense(hiddenSize, innerSize, true));
        second = child("fc2", new Dense(innerSize, hiddenSize, true));
    }

    /**
     * Applies the network.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, L, D)
     * @return (B, L, D)
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray inner = Gelu.tanh(first.apply(pass, x)); // (B, L, I)
                    return second.apply(pass, inner); // (B, L, D)
                });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
