package io.zigma.base;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Copies numbers from Java into memory of the engine.
 *
 * <p>An array that is made from Java's numbers is a Java buffer, which has two disadvantages. It
 * begins at any multiple of 16 bytes, and the engine's products may round differently with the
 * alignment, so that runs do not repeat exactly; the engine's own memory is always aligned alike.
 * And it is freed when the array is closed, though a graph of gradients may still read it; the
 * engine's own memory stays as long as the graph does.
 */
public final class EngineMemory {

    private EngineMemory() {}

    /**
     * Makes an array.
     *
     * @param manager owner of the array, on whose device it is
     * @param values as many as the shape has elements, in its order
     * @param shape of the array
     * @return a float32 array
     */
    public static NDArray copy(NDManager manager, float[] values, Shape shape) {
        return duplicate(manager.create(values, shape));
    }

    /**
     * Makes an array.
     *
     * @param manager owner of the array, on whose device it is
     * @param values as many as the shape has elements, in its order
     * @param shape of the array
     * @return a float64 array
     */
    public static NDArray copy(NDManager manager, double[] values, Shape shape) {
        return duplicate(manager.create(values, shape));
    }

    private static NDArray duplicate(NDArray java) {
        try (java) {
            return java.duplicate();
        }
    }
}
