package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import org.jspecify.annotations.Nullable;

/** Refuses operands of the wrong shape. */
final class Shapes {

    private Shapes() {}

    /**
     * Checks the shape of an operand that may be absent.
     *
     * @throws IllegalArgumentException if it is there and has another shape
     */
    static void check(String name, @Nullable NDArray array, Shape expected) {
        if (array != null && !array.getShape().equals(expected)) {
            throw new IllegalArgumentException(
                    "%s must be %s, not %s".formatted(name, expected, array.getShape()));
        }
    }
}
