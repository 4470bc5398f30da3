package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Frees the intermediate arrays of a computation.
 *
 * <p>A result in DJL belongs to its first operand's manager, so that {@code parameter.exp()} would
 * stay with the model for ever, and every intermediate until its manager closes. Handles that are
 * closed here stay alive inside the engine as long as its graph of gradients needs them. Only what
 * was created from Java numbers ({@code manager.create(float[])}) is in Java memory, which a closed
 * handle lets go: create such an array outside, or copy it with {@code duplicate()}, if gradients
 * flow through its product with something.
 */
public final class Scratch {

    private Scratch() {}

    /**
     * Runs a computation and closes every array it created in this thread, but not its result.
     *
     * @param computation what to run; it may be nested
     * @return the computation's result, which is freed by an enclosing computation or by its
     *     manager
     */
    public static NDArray freed(Supplier<NDArray> computation) {
        NDArray result;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            result = computation.get();
            NDScope.unregister(result);
        }
        NDScope.register(result);
        return result;
    }

    /**
     * Takes a step and lets its input go; what gradients need of it stays in the engine.
     *
     * @param input not used again
     * @param step from the input to the result, which may be the input itself
     * @return the result
     */
    public static NDArray then(NDArray input, UnaryOperator<NDArray> step) {
        NDArray output = step.apply(input);
        if (output != input) {
            input.close();
        }
        return output;
    }
}
