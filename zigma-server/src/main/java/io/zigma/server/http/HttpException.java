package io.zigma.server.http;

import java.util.Map;

/** A request that is answered with a failure. */
public final class HttpException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final transient Map<String, String> headers;

    /**
     * Refuses a request.
     *
     * @param status 400 … 599
     * @param message one line that says what is possible
     */
    public HttpException(int status, String message) {
        this(status, message, Map.of());
    }

    /**
     * Refuses a request.
     *
     * @param status 400 … 599
     * @param message one line that says what is possible
     * @param headers to answer with
     */
    public HttpException(int status, String message, Map<String, String> headers) {
        super(message);
        this.status = status;
        this.headers = Map.copyOf(headers);
    }

    /**
     * Returns what to answer with.
     *
     * @return 400 … 599
     */
    public int status() {
        return status;
    }

    /**
     * Returns what else to answer with.
     *
     * @return header → value
     */
    public Map<String, String> headers() {
        return headers;
    }
}
