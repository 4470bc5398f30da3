package io.zigma.op.cuda;

/** A call of CUDA's driver, of its compiler or of libtorch's C functions that did not succeed. */
public final class CudaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what failed, and with which error
     */
    public CudaException(String message) {
        super(message);
    }

    /**
     * Creates the exception.
     *
     * @param message what failed
     * @param cause why
     */
    public CudaException(String message, Throwable cause) {
        super(message, cause);
    }
}
