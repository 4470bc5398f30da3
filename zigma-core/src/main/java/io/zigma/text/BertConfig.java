package io.zigma.text;

import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.Set;

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

    /**
     * Reads a shape.
     *
     * @param config the fields of {@code config.json}
     * @param tensors names of the tensors there are
     * @return the shape
     * @throws CheckpointException if a field is missing or wrong
     */
    static BertConfig read(Fields config, Set<String> tensors) throws CheckpointException {
        if (config.has("position_embedding_type")
                && !config.text("position_embedding_type").equals("absolute")) {
            throw new CheckpointException(
                    "%s: only absolute positions can be read, not \"%s\""
                            .formatted(config.file(), config.text("position_embedding_type")));
        }
        return new BertConfig(
                config.integer("vocab_size"),
                config.integer("hidden_size"),
                config.integer("num_hidden_layers"),
                config.integer("num_attention_heads"),
                config.integer("intermediate_size"),
                config.integer("max_position_embeddings"),
                config.integer("type_vocab_size"),
                config.parsed("hidden_act", HiddenActivation::parse),
                config.number("layer_norm_eps"));
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
