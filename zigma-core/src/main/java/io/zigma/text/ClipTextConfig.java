package io.zigma.text;

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

    @Override
    public String kind() {
        return "clip";
    }

    @Override
    public TextNetwork network() {
        return new ClipText(this);
    }
}
