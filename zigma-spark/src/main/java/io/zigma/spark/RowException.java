package io.zigma.spark;

/** A row that could not be worked on, and why, in one line that reaches the driver as it is. */
public final class RowException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /**
     * Names the row.
     *
     * @param number the row's place among all, from 0 on
     * @param key its key
     * @param reason what is wrong and what to do, one line
     */
    RowException(long number, String key, String reason) {
        super("row %s (%s): %s".formatted(number, key, reason));
    }
}
