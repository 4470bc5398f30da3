package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * Clips gradients by the L2 norm of all of them together (Pascanu et al. 2013, algorithm 1), before
 * the optimiser uses them; the official script clips after its step, where it has no effect.
 */
public final class GradientClip {

    /** As in torch's clip_grad_norm_: the quotient is finite when all gradients are zero. */
    private static final double SMALLEST_NORM = 1e-6;

    private final double maximum;
    private final float[] tile = new float[Tiles.SIZE];

    /**
     * Makes a clip.
     *
     * @param maximum the largest norm that passes unchanged, above 0; infinity to only measure
     * @throws IllegalArgumentException if the maximum is not above 0
     */
    public GradientClip(double maximum) {
        if (!(maximum > 0)) {
            throw new IllegalArgumentException(
                    "the largest gradient norm must be above 0, not " + maximum);
        }
        this.maximum = maximum;
    }

    /**
     * Returns the L2 norm over all elements of all gradients, summed in double precision in a fixed
     * order.
     *
     * @param gradients float32 gradients by name
     * @return the norm; NaN or infinite if any element is
     */
    public double norm(Map<String, NDArray> gradients) {
        double sum = 0;
        NDList onDevice = new NDList();
        for (NDArray gradient : gradients.values()) {
            if (Tiles.reaches(gradient)) {
                sum += sumOfSquares(Tiles.memory(gradient));
            } else {
                try (NDArray squares = gradient.square()) {
                    onDevice.add(squares.sum().reshape(1));
                }
            }
        }
        if (!onDevice.isEmpty()) {
            // One concatenation, so that the device is waited for once and not per parameter.
            try (onDevice;
                    NDArray sums = NDArrays.concat(onDevice);
                    NDArray total = sums.sum()) {
                sum += total.getFloat();
            }
        }
        return Math.sqrt(sum);
    }

    private double sumOfSquares(FloatBuffer values) {
        double even = 0;
        double odd = 0;
        int size = values.capacity();
        for (int start = 0; start < size; start += Tiles.SIZE) {
            int count = Math.min(Tiles.SIZE, size - start);
            values.get(start, tile, 0, count);
            for (int i = 0; i + 1 < count; i += 2) {
                even += (double) tile[i] * tile[i];
                odd += (double) tile[i + 1] * tile[i + 1];
            }
            if (count % 2 == 1) {
                even += (double) tile[count - 1] * tile[count - 1];
            }
        }
        return even + odd;
    }

    /**
     * Scales the gradients in place so that their norm does not exceed the maximum.
     *
     * @param gradients float32 gradients by name
     * @param norm their norm from {@link #norm}, finite
     */
    public void clip(Map<String, NDArray> gradients, double norm) {
        if (norm <= maximum) {
            return;
        }
        float scale = (float) (maximum / (norm + SMALLEST_NORM));
        for (NDArray gradient : gradients.values()) {
            gradient.muli(scale);
        }
    }
}
