package io.zigma.train.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.function.Consumer;

/**
 * Copies numbers from Java to a device through one buffer that is kept: memory outside the heap is
 * cleared when it is made and freed only by a garbage collection, which costs more than the copy.
 */
final class DeviceCopy {

    private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

    /**
     * Makes an array; one caller at a time, others wait.
     *
     * @param manager owner of the array, on whose device it is
     * @param shape its shape
     * @param write writes its numbers
     * @return a float32 array in the engine's own memory
     */
    synchronized NDArray of(NDManager manager, Shape shape, Consumer<FloatBuffer> write) {
        return copy(manager, shape, DataType.FLOAT32, bytes -> write.accept(bytes.asFloatBuffer()));
    }

    /**
     * Makes an array of bytes; one caller at a time, others wait.
     *
     * @param manager owner of the array, on whose device it is
     * @param shape its shape
     * @param write writes its bytes
     * @return an array of unsigned bytes in the engine's own memory
     */
    synchronized NDArray bytes(NDManager manager, Shape shape, Consumer<ByteBuffer> write) {
        return copy(manager, shape, DataType.UINT8, write);
    }

    private NDArray copy(
            NDManager manager, Shape shape, DataType type, Consumer<ByteBuffer> write) {
        int bytes = Math.multiplyExact(Math.toIntExact(shape.size()), type.getNumOfBytes());
        if (buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocateDirect(bytes);
        }
        buffer.clear().limit(bytes);
        write.accept(buffer.duplicate().order(ByteOrder.nativeOrder()));
        NDArray array = manager.create(buffer, shape, type);
        if (manager.getDevice().isGpu()) {
            return array; // a copy, made when this returns
        }
        try (array) {
            return array.duplicate();
        }
    }
}
