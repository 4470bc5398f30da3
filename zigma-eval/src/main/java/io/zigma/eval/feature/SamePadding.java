package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.pooling.Pool;

/**
 * TensorFlow's padding {@code SAME} of time, rows and columns: ⌈size / stride⌉ places come out, and
 * of an odd number of zeros the last side gets one more, which PyTorch's padding cannot do.
 *
 * @param kernel width of the window along time, rows and columns
 * @param stride step along each
 */
record SamePadding(Shape kernel, Shape stride) {

    private static final int AXES = 3;

    /** Returns how many zeros an axis gets in front. */
    private long before(int axis, long size) {
        return total(axis, size) / 2;
    }

    private long total(int axis, long size) {
        long out = length(axis, size);
        return Math.max((out - 1) * stride.get(axis) + kernel.get(axis) - size, 0);
    }

    /** Returns how many places of an axis come out. */
    private long length(int axis, long size) {
        return (size + stride.get(axis) - 1) / stride.get(axis);
    }

    /**
     * Adds the zeros.
     *
     * @param x (B, C, T, H, W)
     * @return (B, C, T′, H′, W′), on which a window without padding gives what is wanted; the array
     *     itself if there is nothing to add
     */
    NDArray padded(NDArray x) {
        // pairs of before and after, from the last axis
        long[] zeros = new long[2 * AXES];
        boolean none = true;
        for (int axis = 0; axis < AXES; axis++) {
            long size = x.size(2 + axis);
            int pair = 2 * (AXES - 1 - axis);
            zeros[pair] = before(axis, size);
            zeros[pair + 1] = total(axis, size) - zeros[pair];
            none &= total(axis, size) == 0;
        }
        return none ? x : x.pad(new Shape(zeros), 0);
    }

    /**
     * Returns the largest value of each window.
     *
     * @param x (B, C, T, H, W), nothing below 0, so that zeros outside change nothing
     * @return (B, C, ⌈T / stride⌉, ⌈H / stride⌉, ⌈W / stride⌉)
     */
    NDArray largest(NDArray x) {
        return Pool.maxPool3d(padded(x), kernel, stride, new Shape(0, 0, 0), false);
    }

    /**
     * Returns the shape that comes out.
     *
     * @param in (B, C, T, H, W)
     * @param channels how many there are then
     */
    Shape output(Shape in, long channels) {
        return new Shape(
                in.get(0),
                channels,
                length(0, in.get(2)),
                length(1, in.get(3)),
                length(2, in.get(4)));
    }
}
