package io.zigma.text;

/** The shape of a text encoder's network, read from its {@code config.json}. */
interface TextModelSpec {

    /** More of anything would be a mistake, and fill the memory. */
    int LARGEST = 1 << 20;

    /** More layers would be a mistake. */
    int MOST_LAYERS = 1000;

    /**
     * Returns the family.
     *
     * @return Hugging Face's {@code model_type}
     */
    String kind();

    /**
     * Returns the rows of the table of tokens.
     *
     * @return entries
     */
    int vocabulary();

    /**
     * Returns the width of the output.
     *
     * @return d
     */
    int size();

    /**
     * Returns the longest text.
     *
     * @return tokens
     */
    int positions();

    /**
     * Makes the network.
     *
     * @return its blocks, whose parameters have no values yet
     */
    TextNetwork network();

    /**
     * Checks what all families have.
     *
     * @throws IllegalArgumentException if a size is out of range
     */
    static void requireSizes(
            int vocabulary, int size, int layers, int heads, int innerSize, int positions) {
        require("vocab_size", vocabulary, LARGEST);
        require("hidden_size", size, LARGEST);
        require("num_hidden_layers", layers, MOST_LAYERS);
        require("num_attention_heads", heads, size);
        require("intermediate_size", innerSize, LARGEST);
        require("max_position_embeddings", positions, LARGEST);
        if (size % heads != 0) {
            throw new IllegalArgumentException(
                    "hidden_size %s is no multiple of num_attention_heads %s"
                            .formatted(size, heads));
        }
        if (positions < 2) {
            throw new IllegalArgumentException(
                    "max_position_embeddings is %s, too few for a text's beginning and end"
                            .formatted(positions));
        }
    }

    /**
     * Checks what is added to variances.
     *
     * @throws IllegalArgumentException if it is no small positive number
     */
    static void requireEpsilon(double epsilon) {
        if (!(epsilon > 0 && epsilon < 1)) {
            throw new IllegalArgumentException(
                    "layer_norm_eps is %s, it must lie between 0 and 1".formatted(epsilon));
        }
    }

    /**
     * Checks a number.
     *
     * @throws IllegalArgumentException if it is not 1 to most
     */
    static void require(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(
                    "%s is %s, it must be 1 to %s".formatted(name, value, most));
        }
    }
}
