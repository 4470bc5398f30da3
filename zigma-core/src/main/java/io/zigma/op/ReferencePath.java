package io.zigma.op;

import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/**
 * Makes the operations of this package use their plain references where a fused kernel would serve,
 * so that the two can be compared on a whole model.
 */
public final class ReferencePath {

    private ReferencePath() {}

    /**
     * Does some work on the reference path.
     *
     * <p>Whatever is recorded without a {@link GradientTape} runs on the references; so recording
     * is on during the work. To record nothing all the same, freeze the parameters.
     *
     * @param work what to compute, on this thread
     * @param <T> its result
     * @return what the work returned
     * @throws IllegalStateException if this thread has an open gradient tape
     */
    public static <T> T during(Supplier<T> work) {
        if (GradientTape.current() != null) {
            throw new IllegalStateException(
                    "a gradient tape records fused kernels; close it before using the references");
        }
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(true);
        try {
            return work.get();
        } finally {
            JniUtils.setGradMode(before);
        }
    }
}
