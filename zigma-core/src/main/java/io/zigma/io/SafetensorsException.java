package io.zigma.io;

import java.io.IOException;
import java.io.Serial;

/** A file is not the safetensors file it should be; the message is one line that says where. */
public final class SafetensorsException extends IOException {

    @Serial private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message one line naming the file and the offset or tensor
     */
    public SafetensorsException(String message) {
        super(message);
    }

    /**
     * Makes an exception with the failure below it.
     *
     * @param message one line naming the file and the offset or tensor
     * @param cause what was caught
     */
    public SafetensorsException(String message, Throwable cause) {
        super(message, cause);
    }
}
