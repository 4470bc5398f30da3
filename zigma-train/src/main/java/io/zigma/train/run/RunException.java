package io.zigma.train.run;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A run folder cannot be used as requested; the message is one line with the reason and what to do.
 */
public final class RunException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message one line naming the folder or file and the way out
     */
    public RunException(String message) {
        super(message);
    }

    /**
     * Makes an exception with the failure below it.
     *
     * @param message one line naming the folder or file and the way out
     * @param cause what was caught, if anything was
     */
    public RunException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
