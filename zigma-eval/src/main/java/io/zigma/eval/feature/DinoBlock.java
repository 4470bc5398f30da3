package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.zigma.nn.Dense;
import io.zigma.nn.LayerNorm;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Scratch;

/**
 * A layer of the vision transformer: attention, then a perceptron, both on the normalised tokens
 * and added to them by a learnt share of each channel (Touvron et al. 2021, equation 4).
 */
final class DinoBlock extends UnaryBlock {

    /** The perceptron's hidden channels for each of the tokens'. */
    private static final int EXPANSION = 4;

    private final LayerNorm attentionNorm;
    private final DinoAttention attention;
    private final Share attentionShare;
    private final LayerNorm perceptronNorm;
    private final Perceptron perceptron;
    private final Share perceptronShare;

    DinoBlock(int size) {
        attentionNorm = child("norm1", new LayerNorm(size, DinoNetwork.EPSILON));
        attention = child("attn", new DinoAttention(size));
        attentionShare = child("ls1", new Share(size));
        perceptronNorm = child("norm2", new LayerNorm(size, DinoNetwork.EPSILON));
        perceptron = child("mlp", new Perceptron(size));
        perceptronShare = child("ls2", new Share(size));
    }

    /**
     * Applies the layer.
     *
     * @param store where the parameters' values come from
     * @param x (B, L, D)
     * @param training makes no difference: the network is frozen
     * @return (B, L, D)
     */
    @Override
    public NDArray apply(ParameterStore store, NDArray x, boolean training) {
        return Scratch.freed(
                () -> {
                    NDArray seen =
                            attention.apply(store, attentionNorm.apply(store, x, false), false);
                    NDArray y = x.add(attentionShare.apply(store, seen, false)); // (B, L, D)
                    NDArray thought =
                            perceptron.apply(store, perceptronNorm.apply(store, y, false), false);
                    return y.add(perceptronShare.apply(store, thought, false)); // (B, L, D)
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
        public NDArray apply(ParameterStore store, NDArray x, boolean training) {
            return second.apply(store, Activation.gelu(first.apply(store, x, false)), false);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }

    /** A factor for each channel. */
    private static final class Share extends UnaryBlock {

        private final Parameter gamma;

        Share(int size) {
            gamma = parameter("gamma", Parameter.Type.GAMMA, size);
        }

        @Override
        public NDArray apply(ParameterStore store, NDArray x, boolean training) {
            return x.mul(value(store, gamma, x, false));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }
}
