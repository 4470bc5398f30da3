package io.zigma.base;

import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/** Whether the engine records gradients on this thread; every new thread starts with that on. */
public final class GradientMode {

    private GradientMode() {}

    /**
     * Runs some work without recording, then restores the mode.
     *
     * @param work what to do, on this thread
     * @param <T> what it returns
     * @return the work's result
     */
    public static <T> T off(Supplier<T> work) {
        return with(false, work);
    }

    /**
     * Runs some work with recording, then restores the mode.
     *
     * @param work what to do, on this thread
     * @param <T> what it returns
     * @return the work's result
     */
    public static <T> T on(Supplier<T> work) {
        return with(true, work);
    }

    private static <T> T with(boolean recording, Supplier<T> work) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(recording);
        try {
            return work.get();
        } finally {
            JniUtils.setGradMode(before);
        }
    }
}
