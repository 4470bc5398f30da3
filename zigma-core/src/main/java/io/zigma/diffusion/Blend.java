package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.EngineMemory;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/** Weighted sums of arrays, with weights that depend on the time of each sample. */
final class Blend {

    private Blend() {}

    /**
     * Returns xWeight(t)·x + yWeight(t)·y.
     *
     * @param x (B, …); the result belongs to its manager
     * @param y of the same shape
     * @param t B times, or one for all
     */
    static NDArray of(
            NDArray x,
            DoubleUnaryOperator xWeight,
            NDArray y,
            DoubleUnaryOperator yWeight,
            double... t) {
        try (NDArray left = scale(x, xWeight, t);
                NDArray right = scale(y, yWeight, t)) {
            return left.add(right);
        }
    }

    /**
     * Returns weight(t)·x.
     *
     * @param x (B, …); the result belongs to its manager
     * @param t B times, or one for all
     */
    static NDArray scale(NDArray x, DoubleUnaryOperator weight, double... t) {
        if (t.length != 1 && t.length != x.size(0)) {
            throw new IllegalArgumentException(
                    "a batch of %s needs that many times or one, not %s"
                            .formatted(x.size(0), t.length));
        }
        try (NDArray column = column(x, weight, t)) { // (B, 1, …)
            return x.mul(column); // (B, …)
        }
    }

    /**
     * Returns the mean square of each sample and closes the error, which is not used afterwards.
     *
     * @param error (B, …)
     * @return (B), on the error's manager
     */
    static NDArray meanSquare(NDArray error) {
        try (error;
                NDArray square = error.square();
                NDArray rows = square.reshape(error.size(0), -1)) { // (B, the rest)
            return rows.mean(new int[] {1}); // (B)
        }
    }

    /**
     * Returns a number for each sample, to be added to or multiplied with arrays of the batch.
     *
     * @param like an array (B, …), whose number of dimensions, type and manager the result has
     * @param value of a time
     * @param t B times, or one for all
     * @return (B or 1, 1, …), in the engine's own memory
     */
    static NDArray column(NDArray like, DoubleUnaryOperator value, double... t) {
        long[] shape = new long[like.getShape().dimension()];
        Arrays.fill(shape, 1);
        shape[0] = t.length;
        return column(like, Arrays.stream(t).map(value).toArray(), new Shape(shape));
    }

    /**
     * Checks that data, noise and times fit together.
     *
     * @throws IllegalArgumentException if the shapes differ or there are not B times
     */
    static void requireBatch(NDArray data, NDArray noise, double[] t) {
        if (!noise.getShape().equals(data.getShape())) {
            throw new IllegalArgumentException(
                    "noise %s and data %s must have the same shape"
                            .formatted(noise.getShape(), data.getShape()));
        }
        if (t.length != noise.size(0)) {
            throw new IllegalArgumentException(
                    "%s samples need one time each, not %s".formatted(noise.size(0), t.length));
        }
    }

    /** Returns the times (B) as float32. */
    static NDArray times(NDManager manager, double[] t) {
        return manager.create(floats(t));
    }

    /** In the engine's memory, since backward will still read it. */
    private static NDArray column(NDArray like, double[] weights, Shape shape) {
        NDManager manager = like.getManager();
        return like.getDataType() == DataType.FLOAT64
                ? EngineMemory.copy(manager, weights, shape)
                : EngineMemory.copy(manager, floats(weights), shape);
    }

    private static float[] floats(double[] values) {
        float[] narrow = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            narrow[i] = (float) values[i];
        }
        return narrow;
    }
}
