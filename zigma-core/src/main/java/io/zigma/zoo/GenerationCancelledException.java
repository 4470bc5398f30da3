package io.zigma.zoo;

import ai.djl.translate.TranslateException;
import java.util.concurrent.CancellationException;

/**
 * What a {@code Predictor} throws when a request's listener stopped it with a {@link
 * CancellationException}; everything that the request had made is freed.
 */
public final class GenerationCancelledException extends TranslateException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param cause what the listener threw
     */
    public GenerationCancelledException(CancellationException cause) {
        super(
                cause.getMessage() == null ? "the generation was cancelled" : cause.getMessage(),
                cause);
    }
}
