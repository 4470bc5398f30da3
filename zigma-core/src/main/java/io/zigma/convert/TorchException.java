package io.zigma.convert;

import java.io.IOException;
import java.io.Serial;

/**
 * A file is not the PyTorch checkpoint it should be, or refers to what no checkpoint needs; the
 * message is one line that names the file and the offset, entry or tensor.
 */
public final class TorchException extends IOException {

    @Serial private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message one line for the user
     */
    public TorchException(String message) {
        super(message);
    }

    /**
     * Makes an exception with the failure below it.
     *
     * @param message one line for the user
     * @param cause what was caught
     */
    public TorchException(String message, Throwable cause) {
        super(message, cause);
    }
}
