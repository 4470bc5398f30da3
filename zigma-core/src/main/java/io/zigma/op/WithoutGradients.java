package io.zigma.op;

import ai.djl.pytorch.jni.JniUtils;

/**
 * Switches gradient recording off in the current thread until it is closed.
 *
 * <p>The engine starts every new thread with recording on (only its first thread has it off), so that sampling in a
 * worker thread would build a graph of the whole trajectory.
 */
public final class WithoutGradients implements AutoCloseable {

    private final boolean recordedBefore = JniUtils.isGradMode();

    /** Switches recording off in the calling thread. */
    public WithoutGradients() {
        JniUtils.setGradMode(false);
    }

    /** Restores what the thread did before. */
    @Override
    public void close() {
        JniUtils.setGradMode(recordedBefore);
    }
}
