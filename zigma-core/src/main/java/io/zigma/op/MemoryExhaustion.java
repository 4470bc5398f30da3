package io.zigma.op;

import ai.djl.engine.EngineException;

/**
 * Distinguishes a lack of memory from other failures; the engine has no exception of its own for
 * it.
 */
public final class MemoryExhaustion {

    private static final int MOST_CAUSES = 16;

    private MemoryExhaustion() {}

    /**
     * Returns whether something failed because memory ran out: Java's, the processor's or a
     * device's.
     *
     * @param failure what was thrown
     * @return true if less work at once may succeed
     */
    public static boolean caused(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; i < MOST_CAUSES && cause != null; i++) {
            if (cause instanceof OutOfMemoryError
                    || cause instanceof EngineException && saysSo(cause.getMessage())) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** PyTorch's allocators for the processor and for CUDA say it in these words. */
    private static boolean saysSo(String message) {
        return message != null
                && (message.contains("can't allocate memory")
                        || message.contains("not enough memory")
                        || message.contains("out of memory")
                        || message.contains("ALLOC_FAILED")); // of cuBLAS and cuDNN
    }
}
