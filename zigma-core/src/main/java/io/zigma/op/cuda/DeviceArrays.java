package io.zigma.op.cuda;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import com.sun.jna.Pointer;
import io.zigma.base.GradientMode;
import org.jspecify.annotations.Nullable;

/** What the kernels need to know of the engine's arrays: where their numbers are, and which. */
public final class DeviceArrays {

    private static final int ON_CPU = 0; // libtorch's c10::DeviceType
    private static final int ON_GPU = 1;

    private DeviceArrays() {}

    /**
     * Returns the type of an array's numbers. DJL has no name for bfloat16.
     *
     * @param array one of the engine's
     * @return null for types that no kernel reads
     */
    public static @Nullable ElementType type(NDArray array) {
        DataType named = array.getDataType();
        if (named == DataType.FLOAT32) {
            return ElementType.FLOAT32;
        }
        if (named != DataType.UNKNOWN && named != DataType.BFLOAT16) {
            return null;
        }
        Scratch scratch = Scratch.own();
        Torch.check(
                Torch.aoti_torch_get_dtype(handle(array), scratch.resultAddress()),
                "aoti_torch_get_dtype");
        return ElementType.of(scratch.smallResult());
    }

    /**
     * Returns where an array's first number is.
     *
     * @param array one of the engine's, not sparse
     * @return an address on its device, 0 for an array without numbers
     */
    static long pointer(NDArray array) {
        Scratch scratch = Scratch.own();
        Torch.check(
                Torch.aoti_torch_get_data_ptr(handle(array), scratch.resultAddress()),
                "aoti_torch_get_data_ptr");
        return scratch.result();
    }

    /**
     * Views an array as a matrix whose rows lie on its last axis.
     *
     * @param array (…, D)
     * @return how many elements lie between the starts of neighbouring rows, or −1 if that differs
     *     from row to row or a row's elements do not lie side by side
     */
    static long rowStride(NDArray array) {
        Shape shape = array.getShape();
        int axes = shape.dimension();
        long size = axes == 0 ? 1 : shape.get(axes - 1);
        if (axes == 0 || shape.size() == 0) {
            return size;
        }
        Scratch scratch = Scratch.own();
        Torch.check(
                Torch.aoti_torch_get_strides(handle(array), scratch.resultAddress()),
                "aoti_torch_get_strides");
        Pointer strides = new Pointer(scratch.result());
        if (size > 1 && strides.getLong((axes - 1) * (long) Long.BYTES) != 1) {
            return -1;
        }
        long between = -1; // rows
        long expected = -1; // elements from one index of the axis to the next
        for (int axis = axes - 2; axis >= 0; axis--) {
            if (shape.get(axis) == 1) {
                continue; // its stride means nothing
            }
            long stride = strides.getLong(axis * (long) Long.BYTES);
            if (between < 0) {
                between = stride;
            } else if (stride != expected) {
                return -1;
            }
            expected = stride * shape.get(axis);
        }
        return between < 0 ? size : between;
    }

    /**
     * Returns a contiguous copy, in the array's manager. DJL's duplicate keeps the strides; a
     * concatenation of one does not.
     */
    static NDArray copy(NDArray array) {
        return GradientMode.off(() -> JniUtils.cat(new PtNDArray[] {(PtNDArray) array}, 0));
    }

    /**
     * Makes an array for a kernel to fill, in the manager and on the device of another.
     *
     * @param like the other
     * @param type of its numbers
     * @param shape of at most 8 axes
     * @return the array, contiguous and not filled
     */
    public static NDArray empty(NDArray like, ElementType type, Shape shape) {
        if (type == ElementType.FLOAT32) {
            // its failure for want of memory is one that callers know
            return like.getManager().create(shape, DataType.FLOAT32, like.getDevice());
        }
        Scratch scratch = Scratch.own();
        int axes = shape.dimension();
        long stride = 1;
        for (int axis = axes - 1; axis >= 0; axis--) {
            long size = shape.get(axis);
            scratch.axis(axis, size, stride);
            stride *= Math.max(1, size);
        }
        Device device = like.getDevice();
        boolean gpu = device.isGpu();
        Torch.check(
                Torch.aoti_torch_empty_strided(
                        axes,
                        scratch.sizesAddress(),
                        scratch.stridesAddress(),
                        type.scalarType(),
                        gpu ? ON_GPU : ON_CPU,
                        gpu ? device.getDeviceId() : 0,
                        scratch.resultAddress()),
                "aoti_torch_empty_strided");
        return new PtNDArray((PtNDManager) like.getManager(), scratch.result());
    }

    static long handle(NDArray array) {
        return ((PtNDArray) array).getHandle();
    }
}
