package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import io.zigma.base.GradientMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Copies values between arrays that are known by name. */
public final class NamedArrays {

    private NamedArrays() {}

    /**
     * Overwrites every target with the source of the same name, in place.
     *
     * @param kind what they are, for the message of a refusal
     * @param sources values by name; names that no target has are refused too
     * @param targets arrays to overwrite
     * @throws IllegalArgumentException if a name is missing or extra, or a shape differs; the
     *     targets are then untouched
     */
    public static void copyAll(
            String kind, Map<String, NDArray> sources, Map<String, NDArray> targets) {
        targets.forEach((name, target) -> requireFit(kind, name, sources.get(name), target));
        for (String name : sources.keySet()) {
            if (!targets.containsKey(name)) {
                throw new IllegalArgumentException(
                        "there is a " + kind + " of " + name + ", which the model does not have");
            }
        }
        targets.forEach((name, target) -> copy(sources.get(name), target));
    }

    /**
     * On the CPU into the target's own memory: {@code set} would move the array to a Java buffer
     * with another alignment, and the engine's products may round differently on it.
     */
    private static void copy(NDArray source, NDArray target) {
        if (Tiles.reaches(target)) {
            Tiles.memory(target).put(Tiles.memory(source));
        } else {
            overwrite(source, target);
        }
    }

    /**
     * In the engine's operations: {@code set(Buffer)}, and so {@code copyTo}, would give the array
     * new memory, which views of the old one would not see.
     */
    static void overwrite(NDArray source, NDArray target) {
        GradientMode.off(
                () -> {
                    try (NDArray memory = target.stopGradient()) {
                        memory.set(new NDIndex("..."), source);
                        return target;
                    }
                });
    }

    private static void requireFit(
            String kind, String name, @Nullable NDArray source, NDArray target) {
        if (source == null) {
            throw new IllegalArgumentException("the " + kind + " of " + name + " is missing");
        }
        if (!source.getShape().equals(target.getShape())) {
            throw new IllegalArgumentException(
                    "the "
                            + kind
                            + " of "
                            + name
                            + " has shape "
                            + source.getShape()
                            + ", but the model needs "
                            + target.getShape());
        }
    }
}
