package io.zigma.cli.option;

/** The command line is invalid; the message is one line for the user. */
public final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Refuses a command line.
     *
     * @param message what is wrong and what would be right, in one line
     */
    public UsageException(String message) {
        super(message);
    }
}
