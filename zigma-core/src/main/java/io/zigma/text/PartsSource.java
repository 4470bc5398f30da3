package io.zigma.text;

import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.io.IOException;
import java.util.Set;

/**
 * An encoder that an artifact brings along.
 *
 * @param parts what the artifact gives
 * @param spec the network's shape
 */
record PartsSource(TextEncoderParts parts, TextModelSpec spec) implements FrozenEncoder.Source {

    /**
     * Reads the shape.
     *
     * @throws IllegalArgumentException if it is wrong
     */
    static PartsSource of(TextEncoderParts parts) {
        try {
            Fields config = Fields.of(parts.reference().name(), parts.config());
            return new PartsSource(parts, TextModels.read(config, Set.of()));
        } catch (CheckpointException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public TextEncoderReference reference() {
        return parts.reference();
    }

    @Override
    public Tokenizer tokenizer() throws IOException {
        return TokenizerJson.read(
                "the vocabulary of " + reference().name(), parts.tokenizer(), ClipTokenizer.END);
    }

    @Override
    public TextWeights weights() throws IOException {
        return parts.weights();
    }
}
