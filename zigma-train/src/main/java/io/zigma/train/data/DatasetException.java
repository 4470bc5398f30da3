package io.zigma.train.data;

import java.io.IOException;
import java.io.Serial;

/** A folder is not the data set it should be; the message is one line naming the file. */
public final class DatasetException extends IOException {

    @Serial private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message one line naming the file and what to do
     */
    public DatasetException(String message) {
        super(message);
    }

    /**
     * Makes an exception with the failure below it.
     *
     * @param message one line naming the file and what to do
     * @param cause what was caught
     */
    public DatasetException(String message, Throwable cause) {
        super(message, cause);
    }
}
