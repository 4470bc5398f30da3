package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import io.zigma.nn.Dense;
import io.zigma.nn.LayerNorm;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Scratch;

/**
 * A layer of the vision transformer: attention, then a perceptron, both on the normalised tokens
 * and added to them by a learnt scale of each channel, LayerScale (Touvron et al. 2021, equation
 * 4).
 */
final class DinoBlock extends UnaryBlock {

    /** The perceptron's hidden channels for each of the tokens'. */
    private static final int EXPANSION = 4;

    private final LayerNorm attentionNorm;
    private final DinoAttention attention;
    private final LayerScale attentionScale;
    private final LayerNorm perceptronNorm;
    private final Perceptron perceptron;
    private final LayerScale perceptronScale;

    DinoBlock(int size) {
        attentionNorm = child("norm1", new LayerNorm(size, DinoNetwork.EPSILON));
        attention = child("attn", new DinoAttention(size));
        attentionScale = child("ls1", new LayerScale(size));
        perceptronNorm = child("norm2", new LayerNorm(size, DinoNetwork.EPSILON));
        perceptron = child("mlp", new Perceptron(size));
        perceptronScale = child("ls2", new LayerScale(size));
    }

    /**
     * Applies the layer.
     *
     * @param pass parameter values and randomness of this forward pass
     * @param x (B, L, D)
     * @return (B, L, D)
     */
    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray seen = attention.apply(pass, attentionNorm.apply(pass, x));
                    NDArray y = x.add(attentionScale.apply(pass, seen)); // (B, L, D)
                    NDArray thought = perceptron.apply(pass, perceptronNorm.apply(pass, y));
                    return y.add(perceptronScale.apply(pass, thought)); // (B, L, D)
                });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }

    /** Two layers with the exact GELU between them. */
    private static final class Perceptron extends UnaryBlock {

        private final Dense first;
        private final Dense second;

        Perceptron(int size) {
            first = child("fc1", new Dense(size, EXPANSION * size, true));
            second = child("fc2", new Dense(EXPANSION * size, size, true));
        }

        @Override
        public NDArray apply(Pass pass, NDArray x) {
            return second.apply(pass, Activation.gelu(first.apply(pass, x)));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }

    /** A factor for each channel. */
    private static final class LayerScale extends UnaryBlock {

        private final Parameter gamma;

        LayerScale(int size) {
            gamma = parameter("gamma", Parameter.Type.GAMMA, size);
        }

        @Override
        public NDArray apply(Pass pass, NDArray x) {
            return x.mul(value(pass, gamma, x));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }
}
