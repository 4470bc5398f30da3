package io.zigma.engine;

import ai.djl.engine.EngineException;
import org.jspecify.annotations.Nullable;

/**
 * The tensor engine cannot start here. The message is one line with the folder concerned, the
 * reason and what to do.
 */
public final class EngineStartException extends EngineException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates it.
     *
     * @param message one line for the user
     * @param cause what went wrong, if something was thrown
     */
    EngineStartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
