package io.zigma.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.nn.Dense;
import io.zigma.nn.LayerNorm;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Attention;
import io.zigma.op.Scratch;

/**
 * A layer of BERT: attention, then a network for each token, each added to what went in and
 * normalised (Vaswani et al. 2017, section 3.1). (B, L, d) to (B, L, d).
 */
final class BertLayer extends UnaryBlock {

    private final int heads;
    private final HiddenActivation activation;
    private final Dense queries;
    private final Dense keys;
    private final Dense values;
    private final Dense output;
    private final LayerNorm attentionNorm;
    private final Dense up;
    private final Dense down;
    private final LayerNorm networkNorm;

    /**
     * Creates a layer.
     *
     * @param config the encoder's shape
     */
    BertLayer(BertConfig config) {
        int size = config.size();
        heads = config.heads();
        activation = config.activation();
        queries = child("attention.self.query", new Dense(size, size, true));
        keys = child("attention.self.key", new Dense(size, size, true));
        values = child("attention.self.value", new Dense(size, size, true));
        output = child("attention.output.dense", new Dense(size, size, true));
        attentionNorm = child("attention.output.LayerNorm", new LayerNorm(size, config.epsilon()));
        up = child("intermediate.dense", new Dense(size, config.innerSize(), true));
        down = child("output.dense", new Dense(config.innerSize(), size, true));
        networkNorm = child("output.LayerNorm", new LayerNorm(size, config.epsilon()));
    }

    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray q = queries.apply(pass, x); // (B, L, d)
                    NDArray k = keys.apply(pass, x); // (B, L, d)
                    NDArray v = values.apply(pass, x); // (B, L, d)
                    NDArray attended = output.apply(pass, Attention.apply(q, k, v, heads));
                    NDArray middle = attentionNorm.apply(pass, attended.add(x)); // (B, L, d)
                    NDArray inner = activation.apply(up.apply(pass, middle)); // (B, L, I)
                    return networkNorm.apply(pass, down.apply(pass, inner).add(middle));
                });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
