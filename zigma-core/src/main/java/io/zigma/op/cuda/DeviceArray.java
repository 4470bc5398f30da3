package io.zigma.op.cuda;

import ai.djl.ndarray.NDArray;

/**
 * Where an array is on its device, as a matrix whose rows lie on its last axis.
 *
 * @param address of the first number
 * @param rowStride from one row to the next, in elements
 * @param type of the numbers
 */
public record DeviceArray(long address, long rowStride, ElementType type) {

    /**
     * Returns the largest number of elements that one access of a kernel can read at any row.
     *
     * @param most the largest that is asked for, a power of two
     * @return a power of two, at most {@code most}
     */
    public int vector(int most) {
        int vector = most;
        while (vector > 1
                && (rowStride % vector != 0 || address % (vector * (long) type.bytes()) != 0)) {
            vector /= 2;
        }
        return vector;
    }

    /** Returns where an array is whose rows are so far apart. */
    static DeviceArray of(NDArray array, long rowStride, ElementType type) {
        return new DeviceArray(DeviceArrays.pointer(array), rowStride, type);
    }
}
