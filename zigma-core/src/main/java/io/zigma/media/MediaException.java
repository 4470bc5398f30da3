package io.zigma.media;

import java.io.IOException;
import java.io.Serial;

/** A picture cannot be read; the message is one line that names the file and says why. */
public final class MediaException extends IOException {

    @Serial private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message one line naming the file and what to do
     */
    public MediaException(String message) {
        super(message);
    }

    /**
     * Makes an exception with the failure below it.
     *
     * @param message one line naming the file and what to do
     * @param cause what was caught
     */
    public MediaException(String message, Throwable cause) {
        super(message, cause);
    }
}
