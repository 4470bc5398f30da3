package io.zigma.text;

import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * A frozen text encoder with its tokenizer. A text gets the same numbers alone as in any batch.
 * Encoders may be used from several threads at once.
 */
public interface TextEncoder extends AutoCloseable {

    /**
     * Returns which encoder this is, for checkpoints that were trained with it.
     *
     * @return name and content hash
     */
    TextEncoderReference reference();

    /**
     * Returns the width of the output.
     *
     * @return d, numbers in a token
     */
    int size();

    /**
     * Returns the longest text that the encoder takes.
     *
     * @return tokens, those that mark beginning and end included
     */
    int maxTokens();

    /**
     * Returns how many texts should be encoded together where there are many.
     *
     * @return enough that a device is busy with those of one length among them
     */
    default int textsAtOnce() {
        return 256;
    }

    /**
     * Splits a text into tokens without encoding it.
     *
     * @param text any text, also an empty one
     * @return how many tokens it has, and which of its words the encoder does not know
     */
    Tokenized tokenize(String text);

    /**
     * Encodes texts. Longer ones are cut, shorter ones padded.
     *
     * @param manager owns the result
     * @param texts B texts, at least one
     * @param tokens n, 2 … {@link #maxTokens}
     * @return tokens (B, n, d), mask (B, n) and one vector a text (B, d)
     * @throws IllegalArgumentException if n is out of range or there is no text
     */
    TextFeatures encode(NDManager manager, List<String> texts, int tokens);

    /** Frees the weights. */
    @Override
    void close();

    /**
     * What a tokenizer made of a text.
     *
     * @param tokens how many there are before anything is cut, those that mark beginning and end
     *     included
     * @param unknown words of the text that the vocabulary cannot express, in order
     */
    record Tokenized(int tokens, List<String> unknown) {

        /** Copies the list. */
        public Tokenized {
            unknown = List.copyOf(unknown);
        }
    }
}
