package io.zigma.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.nn.Dense;
import io.zigma.nn.LayerNorm;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.CausalAttention;
import io.zigma.op.Scratch;

/**
 * A layer of CLIP's text model: attention to the tokens in front, then a network for each token,
 * each on the normalised input and added to it (Radford et al. 2019, section 2.3). (B, L, d) to (B,
 * L, d).
 */
final class ClipLayer extends UnaryBlock {

    private final int heads;
    private final HiddenActivation activation;
    private final LayerNorm attentionNorm;
    private final Dense queries;
    private final Dense keys;
    private final Dense values;
    private final Dense output;
    private final LayerNorm networkNorm;
    private final Dense up;
    private final Dense down;

    /**
     * Creates a layer.
     *
     * @param config the encoder's shape
     */
    ClipLayer(ClipTextConfig config) {
        int size = config.size();
        heads = config.heads();
        activation = config.activation();
        attentionNorm = child("layer_norm1", new LayerNorm(size, config.epsilon()));
        queries = child("self_attn.q_proj", new Dense(size, size, true));
        keys = child("self_attn.k_proj", new Dense(size, size, true));
        values = child("self_attn.v_proj", new Dense(size, size, true));
        output = child("self_attn.out_proj", new Dense(size, size, true));
        networkNorm = child("layer_norm2", new LayerNorm(size, config.epsilon()));
        up = child("mlp.fc1", new Dense(size, config.innerSize(), true));
        down = child("mlp.fc2", new Dense(config.innerSize(), size, true));
    }

    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray n = attentionNorm.apply(pass, x); // (B, L, d)
                    NDArray q = queries.apply(pass, n); // (B, L, d)
                    NDArray k = keys.apply(pass, n); // (B, L, d)
                    NDArray v = values.apply(pass, n); // (B, L, d)
                    NDArray attended = CausalAttention.apply(q, k, v, heads); // (B, L, d)
                    NDArray middle = output.apply(pass, attended).add(x);
                    NDArray inner = up.apply(pass, networkNorm.apply(pass, middle)); // (B, L, I)
                    return down.apply(pass, activation.apply(inner)).add(middle);
                });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
