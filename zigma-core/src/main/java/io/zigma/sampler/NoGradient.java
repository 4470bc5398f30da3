package io.zigma.sampler;

import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/** Work that nothing is recorded of; PyTorch starts every new thread with recording on. */
final class NoGradient {

    private NoGradient() {}

    /** Does the work with gradient recording off on this thread, and puts it back as it was. */
    static <T> T during(Supplier<T> work) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            return work.get();
        } finally {
            JniUtils.setGradMode(before);
        }
    }
}
