package io.zigma.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.zigma.nn.Pass;
import io.zigma.nn.RmsNorm;
import io.zigma.op.EachSequence;
import io.zigma.op.Scratch;
import java.util.ArrayList;
import java.util.List;

/**
 * T5's encoder (Raffel et al. 2020, section 2.1): a transformer with the norms in front, without
 * biases, that knows of places only how far two tokens lie apart.
 *
 * <p>A text's one vector is the mean of its tokens (Ni et al. 2022); T5's authors have none.
 */
final class T5Encoder extends TextNetwork {

    private final T5Config config;
    private final TokenTable pieces;
    private final TokenTable distances; // one number a head for each kind of distance
    private final List<T5Layer> layers = new ArrayList<>();
    private final RmsNorm norm;

    /**
     * Creates the network.
     *
     * @param config its shape
     */
    T5Encoder(T5Config config) {
        super(config.size());
        this.config = config;
        pieces = child("shared", new TokenTable(config.vocabulary(), config.size()));
        distances =
                child(
                        "encoder.block.0.layer.0.SelfAttention.relative_attention_bias",
                        new TokenTable(config.buckets(), config.heads()));
        for (int i = 0; i < config.layers(); i++) {
            layers.add(child("encoder.block." + i, new T5Layer(config)));
        }
        norm = child("encoder.final_layer_norm", new RmsNorm(config.size(), config.epsilon()));
    }

    @Override
    public NDArray apply(Pass pass, NDArray ids) {
        NDArray bias = bias(pass, ids); // (1, H, L, L)
        NDArray x = pieces.apply(pass, ids); // (B, L, d)
        for (T5Layer layer : layers) {
            x = layer.apply(pass, x, bias);
        }
        return norm.apply(pass, x);
    }

    private NDArray bias(Pass pass, NDArray ids) {
        int length = Math.toIntExact(ids.getShape().get(1));
        long[] buckets = new long[length * length];
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = config.bucket(i % length - i / length); // key − query
        }
        NDArray kinds = ids.getManager().create(buckets, new Shape(length, length));
        return Scratch.freed(
                () ->
                        distances
                                .apply(pass, kinds.toType(DataType.INT64, false)) // (L, L, H)
                                .transpose(2, 0, 1)
                                .expandDims(0)
                                .duplicate());
    }

    @Override
    NDArray pool(Pass pass, NDArray hidden, int[][] ids) {
        return EachSequence.of(hidden, text -> text.mean(new int[] {1}));
    }
}
