package io.zigma.spark;

import java.util.Optional;

/** What could not be worked on, and why, in one line that reaches the driver as it is. */
public final class RowException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private static final String MARKER = RowException.class.getName() + ": ";

    /**
     * Names a row.
     *
     * @param number the row's place among all, from 0 on
     * @param key its key
     * @param reason what is wrong and what to do, one line
     */
    RowException(long number, String key, String reason) {
        this("row %s (%s): %s".formatted(number, key, reason));
    }

    /**
     * Names what failed otherwise.
     *
     * @param line what failed, why, and what to do
     */
    RowException(String line) {
        super(line);
    }

    /**
     * Finds the line of a job's failure, however deep it lies. An executor's exception comes as
     * text where its process is another.
     */
    static Optional<String> line(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RowException row && row.getMessage() != null) {
                return Optional.of(row.getMessage());
            }
            String message = Optional.ofNullable(cause.getMessage()).orElse("");
            int at = message.indexOf(MARKER);
            if (at >= 0) {
                return message.substring(at + MARKER.length()).lines().findFirst();
            }
        }
        return Optional.empty();
    }
}
