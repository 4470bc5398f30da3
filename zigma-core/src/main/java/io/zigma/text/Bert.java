package io.zigma.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.zigma.nn.LayerNorm;
import io.zigma.nn.Pass;
import io.zigma.op.EachSequence;
import io.zigma.op.Scratch;
import java.util.ArrayList;
import java.util.List;

/**
 * BERT's encoder (Devlin et al. 2018): embeddings of token, position and kind of sentence, added
 * and normalised, and a transformer with the norm behind each residual (Vaswani et al. 2017).
 *
 * <p>A text's one vector is the mean of its tokens, of length 1, as sentence-transformers has it
 * (Reimers and Gurevych 2019, section 3).
 */
final class Bert extends TextNetwork {

    private final TokenTable words;
    private final TokenTable positions;
    private final TokenTable types;
    private final LayerNorm norm;
    private final List<BertLayer> layers = new ArrayList<>();

    /**
     * Creates the network.
     *
     * @param config its shape
     */
    Bert(BertConfig config) {
        super(config.size());
        int size = config.size();
        words = child("embeddings.word_embeddings", new TokenTable(config.vocabulary(), size));
        positions =
                child("embeddings.position_embeddings", new TokenTable(config.positions(), size));
        types = child("embeddings.token_type_embeddings", new TokenTable(config.types(), size));
        norm = child("embeddings.LayerNorm", new LayerNorm(size, config.epsilon()));
        for (int i = 0; i < config.layers(); i++) {
            layers.add(child("encoder.layer." + i, new BertLayer(config)));
        }
    }

    @Override
    public NDArray apply(Pass pass, NDArray ids) {
        NDArray x = embedded(pass, ids); // (B, L, d)
        for (BertLayer layer : layers) {
            x = layer.apply(pass, x);
        }
        return x;
    }

    private NDArray embedded(Pass pass, NDArray ids) {
        return Scratch.freed(
                () -> {
                    long length = ids.getShape().get(1);
                    NDArray places = TextNetworks.places(ids, length); // (L)
                    NDArray first = places.zerosLike().toType(DataType.INT64, false);
                    NDArray sum =
                            words.apply(pass, ids) // (B, L, d)
                                    .add(types.apply(pass, first)) // (L, d)
                                    .add(positions.apply(pass, places)); // (L, d)
                    return norm.apply(pass, sum);
                });
    }

    @Override
    NDArray pool(Pass pass, NDArray hidden, int[][] ids) {
        return EachSequence.of(
                hidden,
                text ->
                        Scratch.freed(
                                () -> {
                                    NDArray mean = text.mean(new int[] {1}); // (1, d)
                                    NDArray length = mean.square().sum(new int[] {1}, true).sqrt();
                                    return mean.div(length.maximum(1e-12f));
                                }));
    }
}
