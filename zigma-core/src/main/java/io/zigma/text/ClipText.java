package io.zigma.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import io.zigma.nn.Dense;
import io.zigma.nn.LayerNorm;
import io.zigma.nn.Pass;
import io.zigma.op.Scratch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CLIP's text model (Radford et al. 2021, section 2.4): a transformer with the norms in front, in
 * which a token sees those before it, and a norm behind the last layer.
 *
 * <p>A text's one vector is that of the token that marks its end, projected where there is a
 * projection.
 */
final class ClipText extends TextNetwork {

    /** Files from before transformers 4.31 say this, and mean the largest number in the text. */
    private static final int OLD_END = 2;

    private final int end;
    private final TokenTable tokens;
    private final TokenTable positions;
    private final List<ClipLayer> layers = new ArrayList<>();
    private final LayerNorm norm;
    private final @Nullable Dense projection;

    /**
     * Creates the network.
     *
     * @param config its shape
     */
    ClipText(ClipTextConfig config) {
        super(config.size());
        int size = config.size();
        end = config.end();
        tokens =
                child(
                        "text_model.embeddings.token_embedding",
                        new TokenTable(config.vocabulary(), size));
        positions =
                child(
                        "text_model.embeddings.position_embedding",
                        new TokenTable(config.positions(), size));
        for (int i = 0; i < config.layers(); i++) {
            layers.add(child("text_model.encoder.layers." + i, new ClipLayer(config)));
        }
        norm = child("text_model.final_layer_norm", new LayerNorm(size, config.epsilon()));
        projection =
                config.projection() == 0
                        ? null
                        : child("text_projection", new Dense(size, config.projection(), false));
    }

    @Override
    public NDArray apply(Pass pass, NDArray ids) {
        NDArray x = embedded(pass, ids); // (B, L, d)
        for (ClipLayer layer : layers) {
            x = layer.apply(pass, x);
        }
        return normalised(pass, x);
    }

    /** Looks up token and position embeddings: (B, L) to (B, L, d). */
    NDArray embedded(Pass pass, NDArray ids) {
        return Scratch.freed(
                () -> {
                    NDArray places = TextNetworks.places(ids, ids.getShape().get(1)); // (L)
                    return tokens.apply(pass, ids).add(positions.apply(pass, places));
                });
    }

    /** Returns the layers. */
    List<ClipLayer> layers() {
        return Collections.unmodifiableList(layers);
    }

    /** Applies the last norm to the output of any layer: (B, L, d) to (B, L, d). */
    NDArray normalised(Pass pass, NDArray x) {
        return norm.apply(pass, x);
    }

    @Override
    NDArray pool(Pass pass, NDArray hidden, int[][] ids) {
        return Scratch.freed(
                () -> {
                    NDList ends = new NDList();
                    for (int i = 0; i < ids.length; i++) {
                        ends.add(hidden.get(new NDIndex("{}, {}", i, endOf(ids[i])))); // (d)
                    }
                    NDArray rows = NDArrays.stack(ends); // (B, d)
                    return projection == null ? rows : projection.apply(pass, rows);
                });
    }

    /** The place of the first token that marks the end. */
    private int endOf(int[] ids) {
        int largest = 0;
        for (int i = 0; i < ids.length; i++) {
            if (end != OLD_END && ids[i] == end) {
                return i;
            }
            if (ids[i] > ids[largest]) {
                largest = i;
            }
        }
        return largest;
    }
}
