package io.zigma.condition;

/**
 * A request that cannot be served; the message is one line with what is allowed instead.
 *
 * <p>Servers can distinguish it by its type from a fault of the program.
 */
public final class InvalidRequestException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message one line with what is allowed
     */
    public InvalidRequestException(String message) {
        super(message);
    }

    /**
     * Creates an exception.
     *
     * @param message one line with what is allowed
     * @param cause what was met
     */
    public InvalidRequestException(String message, Throwable cause) {
        super(message, cause);
    }
}
