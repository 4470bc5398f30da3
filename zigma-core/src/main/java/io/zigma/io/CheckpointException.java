package io.zigma.io;

import java.io.IOException;
import java.util.Locale;

/**
 * A folder that is no checkpoint, or a damaged one; the message is one line that says what is wrong
 * with which file.
 */
public final class CheckpointException extends IOException {

    private static final long serialVersionUID = 1L;
    private static final int LINE_SEPARATOR = 0x2028;
    private static final int PARAGRAPH = 0x2029;

    /**
     * Creates an exception.
     *
     * @param message one line for the user
     */
    public CheckpointException(String message) {
        super(oneLine(message));
    }

    /**
     * Creates an exception.
     *
     * @param message one line for the user
     * @param cause what was caught
     */
    public CheckpointException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    /** Names and values from a file may hold line ends, or move a terminal's cursor. */
    private static String oneLine(String message) {
        StringBuilder line = new StringBuilder();
        message.codePoints()
                .forEach(
                        c -> {
                            if (Character.isISOControl(c)
                                    || c == LINE_SEPARATOR
                                    || c == PARAGRAPH) {
                                line.append(String.format(Locale.ROOT, "\\u%04x", c));
                            } else {
                                line.appendCodePoint(c);
                            }
                        });
        return line.toString();
    }
}
