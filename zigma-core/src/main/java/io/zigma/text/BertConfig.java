package io.zigma.text;

/**
 * The shape of a BERT encoder (Devlin et al. 2018), by the names of Hugging Face's {@code
 * config.json}.
 *
 * @param vocabulary rows of the table of word pieces, {@code vocab_size}
 * @param size channels d of a token, {@code hidden_size}
 * @param layers {@code num_hidden_layers}
 * @param heads {@code num_attention_heads}, a divisor of the size
 * @param innerSize channels between the layers of the network for each token, {@code
 *     intermediate_size}
 * @param positions longest text, {@code max_position_embeddings}
 * @param types kinds of sentence, {@code type_vocab_size}; all of a text is of kind 0
 * @param activation {@code hidden_act}
 * @param epsilon of the layer norms, {@code layer_norm_eps}
 */
record BertConfig(
        int vocabulary,
        int size,
        int layers,
        int heads,
        int innerSize,
        int positions,
        int types,
        HiddenActivation activation,
        double epsilon)
        implements TextModelSpec {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    BertConfig {
        TextModelSpec.requireSizes(vocabulary, size, layers, heads, innerSize, positions);
        if (types < 1) {
            throw new IllegalArgumentException(
                    "type_vocab_size is %s, use 1 or more".formatted(types));
        }
        TextModelSpec.requireEpsilon(epsilon);
    }

    @Override
    public String kind() {
        return "bert";
    }

    @Override
    public TextNetwork network() {
        return new Bert(this);
    }
}
