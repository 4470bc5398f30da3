package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs the same computation with the kernels and with their references. */
final class Recording {

    private Recording() {}

    /** Runs without recording, as when sampling. */
    static <T> T off(Supplier<T> computation) {
        return with(false, computation);
    }

    /** Runs with recording on and no tape, where the references take over. */
    static <T> T on(Supplier<T> computation) {
        return with(true, computation);
    }

    private static <T> T with(boolean recording, Supplier<T> computation) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(recording);
        try {
            return computation.get();
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /** Gradients of Σ result·weight by a tape. */
    static List<@Nullable NDArray> taped(
            List<@Nullable NDArray> leaves, NDArray weight, Supplier<NDArray> computation) {
        return taped(leaves, weight, computation, GradientTape::open);
    }

    /** The same by a tape that keeps blocks' inputs only. */
    static List<@Nullable NDArray> recomputed(
            List<@Nullable NDArray> leaves, NDArray weight, Supplier<NDArray> computation) {
        return taped(leaves, weight, computation, GradientTape::openRecomputing);
    }

    private static List<@Nullable NDArray> taped(
            List<@Nullable NDArray> leaves,
            NDArray weight,
            Supplier<NDArray> computation,
            Supplier<GradientTape> opener) {
        leaves.forEach(Recording::begin);
        try (GradientTape tape = opener.get()) {
            tape.backward(computation.get().mul(weight).sum());
        }
        return end(leaves);
    }

    /** Gradients of Σ result·weight by DJL's own collector. */
    static List<@Nullable NDArray> collected(
            List<@Nullable NDArray> leaves, NDArray weight, Supplier<NDArray> computation) {
        leaves.forEach(Recording::begin);
        try (var collector = weight.getManager().getEngine().newGradientCollector()) {
            collector.backward(computation.get().mul(weight).sum());
        }
        return end(leaves);
    }

    private static void begin(@Nullable NDArray leaf) {
        if (leaf != null) {
            leaf.setRequiresGradient(true);
        }
    }

    private static List<@Nullable NDArray> end(List<@Nullable NDArray> leaves) {
        List<@Nullable NDArray> gradients = new ArrayList<>();
        for (NDArray leaf : leaves) {
            NDArray gradient = null;
            if (leaf != null) {
                gradient = leaf.getGradient().duplicate();
                leaf.getGradient().subi(leaf.getGradient());
                leaf.setRequiresGradient(false);
            }
            gradients.add(gradient);
        }
        return gradients;
    }
}
