package io.zigma.text;

import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.Set;

/**
 * The shape of CLIP's text model (Radford et al. 2021, section 2.4), by the names of Hugging Face's
 * {@code config.json}.
 *
 * @param vocabulary rows of the table of tokens, {@code vocab_size}
 * @param size channels d of a token, {@code hidden_size}
 * @param layers {@code num_hidden_layers}
 * @param heads {@code num_attention_heads}, a divisor of the size
 * @param innerSize channels between the layers of the network for each token, {@code
 *     intermediate_size}
 * @param positions longest text, {@code max_position_embeddings}
 * @param projection width of the one vector of a text, {@code projection_dim}; 0 where it is not
 *     projected
 * @param end number of the token that marks a text's end, {@code eos_token_id}
 * @param activation {@code hidden_act}
 * @param epsilon of the layer norms, {@code layer_norm_eps}
 */
record ClipTextConfig(
        int vocabulary,
        int size,
        int layers,
        int heads,
        int innerSize,
        int positions,
        int projection,
        int end,
        HiddenActivation activation,
        double epsilon)
        implements TextModelSpec {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    ClipTextConfig {
        TextModelSpec.requireSizes(vocabulary, size, layers, heads, innerSize, positions);
        if (projection < 0 || projection > LARGEST) {
            throw new IllegalArgumentException(
                    "projection_dim is %s, it must be 0 to %s".formatted(projection, LARGEST));
        }
        TextModelSpec.requireEpsilon(epsilon);
    }

    /**
     * Reads a shape.
     *
     * @param config the fields of a whole CLIP's {@code config.json}, whose text model has a part
     *     of its own
     * @param tensors names of the tensors there are
     * @return the shape
     * @throws CheckpointException if a field is missing or wrong
     */
    static ClipTextConfig readClip(Fields config, Set<String> tensors) throws CheckpointException {
        return read(
                config.object("text_config"),
                tensors,
                TextModels.integer(config, "projection_dim", 512));
    }

    /**
     * Reads a shape.
     *
     * @param config the fields of the text model alone
     * @param tensors names of the tensors there are
     * @return the shape
     * @throws CheckpointException if a field is missing or wrong
     */
    static ClipTextConfig read(Fields config, Set<String> tensors) throws CheckpointException {
        return read(config, tensors, TextModels.integer(config, "projection_dim", 512));
    }

    /** What a file does not say is as in CLIP ViT-B/32, transformers' standard. */
    private static ClipTextConfig read(Fields config, Set<String> tensors, int projection)
            throws CheckpointException {
        int vocabulary = TextModels.integer(config, "vocab_size", 49408);
        return new ClipTextConfig(
                vocabulary,
                TextModels.integer(config, "hidden_size", 512),
                TextModels.integer(config, "num_hidden_layers", 12),
                TextModels.integer(config, "num_attention_heads", 8),
                TextModels.integer(config, "intermediate_size", 2048),
                TextModels.integer(config, "max_position_embeddings", 77),
                tensors.contains("text_projection.weight") ? projection : 0,
                TextModels.integer(config, "eos_token_id", vocabulary - 1),
                config.has("hidden_act")
                        ? config.parsed("hidden_act", HiddenActivation::parse)
                        : HiddenActivation.QUICK_GELU,
                config.has("layer_norm_eps") ? config.number("layer_norm_eps") : 1e-5);
    }

    @Override
    public String kind() {
        return "clip";
    }

    @Override
    public TextNetwork network() {
        return new ClipText(this);
    }
}
