package io.zigma.op;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.FloatBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a fused kernel can take an operation over, and how it reaches the arrays' memory. */
final class Kernels {

    private static final Logger LOGGER = LoggerFactory.getLogger(Kernels.class);

    /** Whether this Java runs the kernels fast; if it does not, that is said once. */
    static final boolean AVAILABLE = available();

    private Kernels() {}

    private static boolean available() {
        VectorSupport.missing().ifPresent(LOGGER::warn);
        return VectorSupport.missing().isEmpty();
    }

    /** Returns whether kernels can read these arrays, null ones aside: float32 in main memory. */
    static boolean accept(List<? extends @Nullable NDArray> arrays) {
        if (ReferencePath.inUse()) {
            return false;
        }
        for (NDArray array : arrays) {
            if (array != null
                    && !(array instanceof PtNDArray
                            && array.getDataType() == DataType.FLOAT32
                            && !array.isSparse()
                            && array.getDevice().equals(Device.cpu())
                            && addressable(array.size()))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns whether the engine's own fused operations take these arrays, which run on any device:
     * float32, and in main memory no more than kernels can read.
     */
    static boolean enginesTake(List<NDArray> arrays) {
        boolean onDevice =
                arrays.stream()
                        .allMatch(
                                array ->
                                        array instanceof PtNDArray
                                                && array.getDataType() == DataType.FLOAT32
                                                && array.getDevice().isGpu());
        return onDevice ? !ReferencePath.inUse() : accept(arrays);
    }

    /** Returns whether one direct buffer, of less than 2 GiB, can hold this many floats. */
    static boolean addressable(long floats) {
        return floats <= Integer.MAX_VALUE / Float.BYTES;
    }

    /** Returns how many threads a kernel may use, as many as the engine does. */
    static int threads() {
        return Math.min(JniUtils.getNumThreads(), Runtime.getRuntime().availableProcessors());
    }

    /** Makes an array for a kernel to fill, in the manager and on the device of another. */
    static NDArray allocate(NDArray like, Shape shape) {
        return like.getManager().create(shape, DataType.FLOAT32, like.getDevice());
    }

    /** Makes an array of the shape of another, if there is one, in the manager of {@code owned}. */
    static @Nullable NDArray allocateLike(NDArray owned, @Nullable NDArray array) {
        return array == null ? null : allocate(owned, array.getShape());
    }

    /**
     * Returns the memory of an array. Of one that is not contiguous, DJL makes a copy that belongs
     * to the array's manager: call within an {@code NDScope}, and only to read.
     */
    static FloatBuffer floats(NDArray array) {
        return array.toByteBuffer(true).asFloatBuffer();
    }

    static @Nullable FloatBuffer floatsIfPresent(@Nullable NDArray array) {
        return array == null ? null : floats(array);
    }
}
