package io.zigma.op.cuda;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operands of one launch: where they are on the device, copied where a kernel cannot read them
 * as they lie. Closing it frees the copies, which the device does once the kernel has run, because
 * the engine's memory is handed on in the stream's order.
 */
public final class Operands implements AutoCloseable {

    private static final int ALIGNMENT = 16; // bytes

    private @Nullable List<NDArray> copies;

    /** Creates a set without operands. */
    public Operands() {}

    /**
     * Finds an array whose rows may be any distance apart, if it is the same from row to row.
     *
     * @param array (…, D), float32 or bfloat16
     * @return where it or its copy is
     */
    public DeviceArray rows(NDArray array) {
        ElementType type = type(array);
        long stride = DeviceArrays.rowStride(array);
        return stride < 0 ? copied(array, type) : DeviceArray.of(array, stride, type);
    }

    /**
     * Finds an array like {@link #rows}.
     *
     * @param array or null
     * @return null for null
     */
    public @Nullable DeviceArray rowsIfPresent(@Nullable NDArray array) {
        return array == null ? null : rows(array);
    }

    /**
     * Finds an array that must be contiguous.
     *
     * @param array any shape, float32 or bfloat16
     * @return where it or its copy is
     */
    public DeviceArray contiguous(NDArray array) {
        ElementType type = type(array);
        long size = lastAxis(array);
        return DeviceArrays.rowStride(array) == size
                ? DeviceArray.of(array, size, type)
                : copied(array, type);
    }

    /**
     * Finds an array that must be contiguous and begin at a multiple of 16 bytes.
     *
     * @param array any shape, float32 or bfloat16
     * @return where it or its copy is; the engine's own memory begins so
     */
    public DeviceArray aligned(NDArray array) {
        DeviceArray found = contiguous(array);
        return found.address() % ALIGNMENT == 0 ? found : copied(array, found.type());
    }

    /**
     * Finds an array like {@link #contiguous}.
     *
     * @param array or null
     * @return null for null
     */
    public @Nullable DeviceArray contiguousIfPresent(@Nullable NDArray array) {
        return array == null ? null : contiguous(array);
    }

    private DeviceArray copied(NDArray array, ElementType type) {
        return DeviceArray.of(kept(DeviceArrays.copy(array)), lastAxis(array), type);
    }

    private NDArray kept(NDArray copy) {
        if (copies == null) {
            copies = new ArrayList<>(4);
        }
        copies.add(copy);
        return copy;
    }

    private static long lastAxis(NDArray array) {
        Shape shape = array.getShape();
        return shape.dimension() == 0 ? 1 : shape.get(shape.dimension() - 1);
    }

    private static ElementType type(NDArray array) {
        ElementType type = DeviceArrays.type(array);
        if (type == null) {
            throw new IllegalArgumentException(
                    "kernels read float32 and bfloat16, not " + array.getDataType());
        }
        return type;
    }

    @Override
    public void close() {
        if (copies != null) {
            copies.forEach(NDArray::close);
        }
    }
}
