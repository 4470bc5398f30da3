package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.Gelu;
import io.zigma.op.Scratch;
import java.util.function.UnaryOperator;

/**
 * A transformer's two-layer network for each token, with GELU between (Vaswani et al. 2017, section
 * 3.3; timm's {@code Mlp}).
 */
public final class Mlp extends UnaryBlock {

    private final Dense first; // D → I
    private final Dense second; // I → D
    private final UnaryOperator<NDArray> activation;

    /**
     * Creates the block with tanh-GELU.
     *
     * @param hiddenSize channels D of a token
     * @param innerSize channels I between the layers, 4·D in most transformers
     */
    public Mlp(int hiddenSize, int innerSize) {
        this(hiddenSize, innerSize, Gelu::tanh);
    }

    /**
     * Creates the block.
     *
     * @param hiddenSize channels D of a token
     * @param innerSize channels I between the layers, 4·D in most transformers
     * @param activation one of {@link Gelu}'s, element by element
     */
    public Mlp(int hiddenSize, int innerSize, UnaryOperator<NDArray> activation) {
        this.activation = activation;
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
                    NDArray inner = activation.apply(first.apply(pass, x)); // (B, L, I)
                    return second.apply(pass, inner); // (B, L, D)
                });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
