package io.zigma.op;

import ai.djl.ndarray.NDArray;
import io.zigma.op.cuda.DeviceArrays;
import io.zigma.op.cuda.ElementType;
import org.jspecify.annotations.Nullable;

/** Which types the kernels for GPUs take. */
final class CudaTypes {

    private CudaTypes() {}

    /** Returns whether activations, null ones aside, are all float32 or all bfloat16. */
    static boolean values(NDArray first, @Nullable NDArray... others) {
        ElementType type = DeviceArrays.type(first);
        if (type == null) {
            return false;
        }
        for (NDArray other : others) {
            if (other != null && DeviceArrays.type(other) != type) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether parameters, null ones aside, are float32. */
    static boolean floats(@Nullable NDArray... arrays) {
        for (NDArray array : arrays) {
            if (array != null && DeviceArrays.type(array) != ElementType.FLOAT32) {
                return false;
            }
        }
        return true;
    }
}
