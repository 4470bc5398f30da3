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
     * @param write writes its numbers, at absolute places
     * @return a float32 array in the engine's own memory
     */
    synchronized NDArray of(NDManager manager, Shape shape, Consumer<FloatBuffer> write) {
        int bytes = Math.multiplyExact(Math.toIntExact(shape.size()), Float.BYTES);
        if (buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        }
        buffer.clear().limit(bytes);
        write.accept(buffer.asFloatBuffer());
        NDArray array = manager.create(buffer, shape, DataType.FLOAT32);
        if (manager.getDevice().isGpu()) {
            return array; // a copy, made when this returns
        }
        try (array) {
            return array.duplicate();
        }
    }
}
