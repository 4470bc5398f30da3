package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import io.zigma.op.Constants;
import java.nio.FloatBuffer;

/** Moves averages of weights, in float32 and in place. Not for several threads. */
final class RunningMean {

    private final boolean inOperations;
    private final float[] average = new float[Tiles.SIZE];
    private final float[] weight = new float[Tiles.SIZE];

    /** Makes one that goes through the memory of arrays where it can. */
    RunningMean() {
        this(false);
    }

    /**
     * Makes one.
     *
     * @param inOperations whether the engine's operations are used wherever the arrays are
     */
    RunningMean(boolean inOperations) {
        this.inOperations = inOperations;
    }

    /**
     * Computes mean ← decay·mean + (1 − decay)·weights.
     *
     * @param mean float32, contiguous
     * @param weights of the same shape, left unchanged
     * @param decay in [0, 1)
     */
    void move(NDArray mean, NDArray weights, double decay) {
        if (!inOperations && Tiles.reaches(weights)) {
            inMemory(mean, weights, (float) decay, (float) (1 - decay));
        } else {
            onDevice(mean, weights, decay);
        }
    }

    private void inMemory(NDArray mean, NDArray parameter, float older, float newer) {
        FloatBuffer means = Tiles.memory(mean);
        FloatBuffer weights = Tiles.memory(parameter);
        int size = means.capacity();
        for (int start = 0; start < size; start += Tiles.SIZE) {
            int count = Math.min(Tiles.SIZE, size - start);
            means.get(start, average, 0, count);
            weights.get(start, weight, 0, count);
            for (int i = 0; i < count; i++) {
                average[i] = average[i] * older + weight[i] * newer;
            }
            means.put(start, average, 0, count);
        }
    }

    private static void onDevice(NDArray mean, NDArray parameter, double decay) {
        try (NDArray detached = parameter.stopGradient();
                NDArray part = Constants.mul(detached, 1 - decay)) {
            Constants.muli(mean, decay).addi(part);
        }
    }
}
