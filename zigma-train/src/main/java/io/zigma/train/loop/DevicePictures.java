package io.zigma.train.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.zigma.media.Pixels;
import io.zigma.op.Scratch;
import java.nio.ByteBuffer;
import java.util.stream.IntStream;

/**
 * Copies pictures to a device, as bytes wherever their numbers are those of bytes: a quarter of the
 * memory goes over the bus, and the device looks up the same numbers.
 */
final class DevicePictures {

    private static final int LEVELS = 256;
    private static final float[] VALUES = values();

    private final DeviceCopy copy = new DeviceCopy();
    private byte[] levels = new byte[0];

    private static float[] values() {
        float[] values = new float[LEVELS];
        for (int level = 0; level < LEVELS; level++) {
            values[level] = Pixels.value((byte) level);
        }
        return values;
    }

    /**
     * Makes an array of pictures; one caller at a time, others wait.
     *
     * @param manager owner of the array, on whose device it is
     * @param images numbers from −1 to 1
     * @param from where the first picture begins
     * @param shape of all pictures (b, …)
     * @return the same numbers (b, …) in float32
     */
    synchronized NDArray of(NDManager manager, float[] images, int from, Shape shape) {
        int count = (int) shape.get(0);
        int size = Math.toIntExact(shape.size());
        int each = size / count;
        if (levels.length < size) {
            levels = new byte[size];
        }
        boolean exact =
                IntStream.range(0, count)
                        .parallel()
                        .allMatch(i -> level(images, from + i * each, i * each, each));
        if (!exact) {
            return copy.of(manager, shape, target -> target.put(images, from, size));
        }
        return Scratch.freed(
                () -> {
                    NDArray numbers = manager.create(VALUES); // (256)
                    NDArray index =
                            copy.bytes(manager, new Shape(size), target -> put(target, size))
                                    .toType(DataType.INT64, false);
                    return numbers.take(manager, index).reshape(shape);
                });
    }

    private void put(ByteBuffer target, int size) {
        target.put(levels, 0, size);
    }

    /** Writes the levels of a picture, and returns whether they have its numbers. */
    private boolean level(float[] images, int from, int to, int count) {
        boolean exact = true;
        for (int i = 0; i < count; i++) {
            float value = images[from + i];
            byte level = Pixels.nearestLevel(value);
            levels[to + i] = level;
            exact &= VALUES[level & 0xff] == value;
        }
        return exact;
    }
}
