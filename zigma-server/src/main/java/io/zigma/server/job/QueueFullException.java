package io.zigma.server.job;

/** The queue takes no more for now. */
public final class QueueFullException extends Exception {

    private static final long serialVersionUID = 1;

    private final int retrySeconds;

    QueueFullException(String message, int retrySeconds) {
        super(message);
        this.retrySeconds = retrySeconds;
    }

    /**
     * Returns when it is worth trying again.
     *
     * @return seconds from now, 1 … 600
     */
    public int retrySeconds() {
        return retrySeconds;
    }
}
