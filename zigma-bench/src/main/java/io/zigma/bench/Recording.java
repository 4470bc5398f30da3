package io.zigma.bench;

import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/** Whether the engine records gradients on this thread. */
final class Recording {

    private Recording() {}

    static <T> T off(Supplier<T> work) {
        return with(false, work);
    }

    static <T> T on(Supplier<T> work) {
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
