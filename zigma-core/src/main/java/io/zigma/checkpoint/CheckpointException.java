package io.zigma.checkpoint;

import java.io.IOException;

/**
 * A folder that is no checkpoint, or a damaged one; the message is one line that says what is wrong
 * with which file.
 */
public final class CheckpointException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message one line for the user
     */
    public CheckpointException(String message) {
        super(message);
    }

    /**
     * Creates an exception.
     *
     * @param message one line for the user
     * @param cause what was met
     */
    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
