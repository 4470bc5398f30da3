package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.nio.FloatBuffer;

/** How the CPU updates go through an engine array: in tiles that stay in the first-level cache. */
final class Tiles {

    /**
     * Floats in a tile: four staged arrays of it fit in a 32 KiB cache. Staging on the heap is what
     * lets the compiler vectorise; on direct buffers it does not.
     */
    static final int SIZE = 2048;

    private Tiles() {}

    /**
     * Returns the array's own memory. Valid only while the array is open and {@code set} is not
     * called on it, so call this at each step.
     *
     * @param array a contiguous float32 array on the CPU
     * @return its elements, writable
     */
    static FloatBuffer memory(NDArray array) {
        if (array.getDataType() != DataType.FLOAT32) {
            throw new IllegalArgumentException(
                    "training needs float32 arrays, not " + array.getDataType());
        }
        return array.toByteBuffer(true).asFloatBuffer();
    }

    static boolean reaches(NDArray array) {
        return !array.getDevice().isGpu();
    }
}
