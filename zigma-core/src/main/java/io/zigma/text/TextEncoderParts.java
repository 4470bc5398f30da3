package io.zigma.text;

import com.google.gson.JsonObject;
import java.io.IOException;

/**
 * What an artifact gives to make a text encoder of, in the formats of Hugging Face's hub. Weights
 * and vocabulary are asked for when they are first needed.
 */
public interface TextEncoderParts {

    /**
     * Returns which encoder this is.
     *
     * @return name, and a hash over weights and vocabulary
     */
    TextEncoderReference reference();

    /**
     * Returns the network's shape.
     *
     * @return what {@code config.json} says, with its {@code model_type}
     */
    JsonObject config();

    /**
     * Reads the vocabulary.
     *
     * @return what {@code tokenizer.json} says
     * @throws IOException if it is missing or damaged
     */
    String tokenizer() throws IOException;

    /**
     * Opens the weights.
     *
     * @return them, closed when they are loaded
     * @throws IOException if they are missing or damaged
     */
    TextWeights weights() throws IOException;
}
