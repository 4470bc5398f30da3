package io.zigma.zoo;

import ai.djl.translate.TranslateException;
import io.zigma.condition.InvalidRequestException;

/**
 * What a {@code Predictor} throws when it is asked for something that cannot be served; the message
 * is one line with what is allowed instead.
 */
public final class RequestRefusedException extends TranslateException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param cause whose message says what is allowed
     */
    public RequestRefusedException(InvalidRequestException cause) {
        super(cause.getMessage(), cause);
    }
}
