package io.zigma.op;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gradients of the same computation by the tape and by the engine alone. */
final class Gradients {

    private Gradients() {}

    /** Gradients of Σ result·weight by a tape. */
    static List<@Nullable NDArray> taped(
            List<@Nullable NDArray> leaves, NDArray weight, Supplier<NDArray> computation) {
        return taped(leaves, weight, computation, GradientTape::open);
    }

    /** The same by a tape that stores blocks' inputs only. */
    static List<@Nullable NDArray> recomputed(
            List<@Nullable NDArray> leaves, NDArray weight, Supplier<NDArray> computation) {
        return taped(leaves, weight, computation, GradientTape::openRecomputing);
    }

    private static List<@Nullable NDArray> taped(
            List<@Nullable NDArray> leaves,
            NDArray weight,
            Supplier<NDArray> computation,
            Supplier<GradientTape> opener) {
        leaves.forEach(Gradients::begin);
        try (GradientTape tape = opener.get()) {
            tape.backward(computation.get().mul(weight).sum());
        }
        return end(leaves);
    }

    /** Gradients of Σ result·weight by DJL's own collector. */
    static List<@Nullable NDArray> collected(
            List<@Nullable NDArray> leaves, NDArray weight, Supplier<NDArray> computation) {
        leaves.forEach(Gradients::begin);
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
