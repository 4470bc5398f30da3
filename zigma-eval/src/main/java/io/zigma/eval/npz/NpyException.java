package io.zigma.eval.npz;

import java.io.IOException;
import java.io.Serial;

/** A file is not the NumPy file it should be; the message is one line naming it. */
public final class NpyException extends IOException {

    @Serial private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message one line naming the file and what to do
     */
    public NpyException(String message) {
        super(message);
    }

    /**
     * Makes an exception with the failure below it.
     *
     * @param message one line naming the file and what to do
     * @param cause what was caught
     */
    public NpyException(String message, Throwable cause) {
        super(message, cause);
    }
}
