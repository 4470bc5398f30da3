package io.zigma.text;

import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.Set;

/**
 * The shape of T5's encoder (Raffel et al. 2020, section 2.1; the gated form is v1.1 after Shazeer
 * 2020), by the names of Hugging Face's {@code config.json}.
 *
 * @param vocabulary rows of the table of pieces, {@code vocab_size}
 * @param size channels d of a token, {@code d_model}
 * @param layers {@code num_layers}
 * @param heads {@code num_heads}
 * @param headSize channels of a head, {@code d_kv}
 * @param innerSize channels between the layers of the network for each token, {@code d_ff}
 * @param positions longest text, {@code n_positions}; no weight depends on it
 * @param buckets kinds of distance between two tokens, {@code relative_attention_num_buckets}, even
 * @param farthest distances from here on are of one kind, {@code relative_attention_max_distance}
 * @param gated whether the network for each token has a gate, as {@code feed_forward_proj} says
 * @param activation within that network
 * @param epsilon of the norms, {@code layer_norm_epsilon}
 */
record T5Config(
        int vocabulary,
        int size,
        int layers,
        int heads,
        int headSize,
        int innerSize,
        int positions,
        int buckets,
        int farthest,
        boolean gated,
        HiddenActivation activation,
        double epsilon)
        implements TextModelSpec {

    /** How {@code feed_forward_proj} begins where there is a gate. */
    static final String GATED = "gated-";

    private static final int FEWEST_BUCKETS = 4;

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    T5Config {
        TextModelSpec.require("vocab_size", vocabulary, LARGEST);
        TextModelSpec.require("d_model", size, LARGEST);
        TextModelSpec.require("num_layers", layers, MOST_LAYERS);
        TextModelSpec.require("num_heads", heads, LARGEST);
        TextModelSpec.require("d_kv", headSize, LARGEST / heads);
        TextModelSpec.require("d_ff", innerSize, LARGEST);
        TextModelSpec.require("n_positions", positions, LARGEST);
        if (buckets < FEWEST_BUCKETS || buckets % FEWEST_BUCKETS != 0 || farthest <= buckets / 4) {
            throw new IllegalArgumentException(
                    "%s buckets up to a distance of %s: use a multiple of 4, and a distance above a quarter of it"
                            .formatted(buckets, farthest));
        }
        TextModelSpec.requireEpsilon(epsilon);
    }

    /**
     * Reads a shape.
     *
     * @param config the fields of {@code config.json}
     * @param tensors names of the tensors there are
     * @return the shape
     * @throws CheckpointException if a field is missing or wrong
     */
    static T5Config read(Fields config, Set<String> tensors) throws CheckpointException {
        String network =
                config.has("feed_forward_proj") ? config.text("feed_forward_proj") : "relu";
        boolean gated = network.startsWith(GATED);
        String activation = gated ? network.substring(GATED.length()) : network;
        return new T5Config(
                config.integer("vocab_size"),
                config.integer("d_model"),
                config.integer("num_layers"),
                config.integer("num_heads"),
                config.integer("d_kv"),
                config.integer("d_ff"),
                TextModels.integer(config, "n_positions", 512),
                TextModels.integer(config, "relative_attention_num_buckets", 32),
                TextModels.integer(config, "relative_attention_max_distance", 128),
                gated,
                // what transformers calls gated-gelu is the tanh form
                HiddenActivation.parse(
                        gated && activation.equals("gelu") ? "gelu_new" : activation),
                config.has("layer_norm_epsilon") ? config.number("layer_norm_epsilon") : 1e-6);
    }

    @Override
    public String kind() {
        return "t5";
    }

    @Override
    public TextNetwork network() {
        return new T5Encoder(this);
    }

    /**
     * Says of which kind a distance is: half of the kinds are for tokens behind, and of each half
     * the first half are single distances, the others grow by a factor (Raffel et al. 2020, section
     * 2.1; transformers' {@code _relative_position_bucket}).
     *
     * @param distance from the query's position to the key's
     * @return 0 … buckets − 1
     */
    int bucket(int distance) {
        int half = buckets / 2;
        int exact = half / 2;
        int side = distance > 0 ? half : 0;
        int places = Math.abs(distance);
        if (places < exact) {
            return side + places;
        }
        // in float32, as where the weights were trained
        float growth =
                (float) Math.log((float) places / exact)
                        / (float) Math.log((double) farthest / exact)
                        * (half - exact);
        return side + Math.min(exact + (int) growth, half - 1);
    }
}
