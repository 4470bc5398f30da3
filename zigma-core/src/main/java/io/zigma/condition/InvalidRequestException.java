package io.zigma.condition;

/**
 * A request that cannot be served; the message is one line that says what is allowed instead.
 *
 * <p>Whoever takes requests from outside can tell it from a fault of the program by its type.
 */
public final class InvalidRequestException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message one line that says what is allowed
     */
    public InvalidRequestException(String message) {
        super(message);
    }

    /**
     * Creates an exception.
     *
     * @param message one line that says what is allowed
     * @param cause what was met
     */
    public InvalidRequestException(String message, Throwable cause) {
        super(message, cause);
    }
}
