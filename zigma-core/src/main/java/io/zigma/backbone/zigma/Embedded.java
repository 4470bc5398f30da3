package io.zigma.backbone.zigma;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * The embedded condition that every layer gets, made once for all of them.
 *
 * @param vector time and class, or time and the mean of the text, for adaLN (B, D)
 * @param text the tokens of the text for cross-attention (B, n, D); null in a model without text
 * @param mask 1 for each token of the text that counts (B, n); null where all do
 */
record Embedded(NDArray vector, @Nullable NDArray text, @Nullable NDArray mask) {

    /** Of a model without text. */
    Embedded(NDArray vector) {
        this(vector, null, null);
    }

    /**
     * Returns the text for a layer that attends to one.
     *
     * @return its tokens (B, n, D)
     * @throws IllegalStateException if there is no text
     */
    NDArray requiredText() {
        if (text == null) {
            throw new IllegalStateException("a layer that attends to a text was given none");
        }
        return text;
    }
}
