package io.zigma.text.minilm;

import io.zigma.io.CheckpointException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tensor that an ONNX graph holds (onnx.proto, {@code TensorProto}).
 *
 * @param name its name
 * @param sides from the outermost on, none for a scalar
 * @param type {@code TensorProto.DataType}
 * @param raw the elements in little-endian order, or null where they are in another field
 * @param floats the elements of {@code float_data}, packed, or null
 * @param integers the elements of {@code int32_data}, packed, or null
 */
record OnnxTensor(
        String name,
        List<Long> sides,
        int type,
        @Nullable ByteBuffer raw,
        @Nullable ByteBuffer floats,
        @Nullable ByteBuffer integers) {

    /** {@code DataType.FLOAT}. */
    static final int FLOAT = 1;

    /** {@code DataType.UINT8}. */
    static final int UINT8 = 2;

    /** {@code DataType.INT8}. */
    static final int INT8 = 3;

    private static final int DIMS = 1;
    private static final int DATA_TYPE = 2;
    private static final int FLOAT_DATA = 4;
    private static final int INT32_DATA = 5;
    private static final int NAME = 8;
    private static final int RAW_DATA = 9;

    /**
     * Reads a tensor's description; its elements stay where they are.
     *
     * @throws CheckpointException if it is damaged
     */
    static OnnxTensor read(Protobuf message) throws CheckpointException {
        List<Long> sides = new ArrayList<>();
        String name = "";
        int type = 0;
        ByteBuffer raw = null;
        ByteBuffer floats = null;
        ByteBuffer integers = null;
        while (message.next()) {
            switch (message.field()) {
                case DIMS -> {
                    if (message.isBytes()) {
                        Protobuf packed = message.message();
                        while (packed.hasMore()) {
                            sides.add(packed.packed());
                        }
                    } else {
                        sides.add(message.number());
                    }
                }
                case DATA_TYPE -> type = (int) message.number();
                case FLOAT_DATA -> floats = message.bytes();
                case INT32_DATA -> integers = message.bytes();
                case NAME -> name = message.text();
                case RAW_DATA -> raw = message.bytes();
                default -> message.skip();
            }
        }
        return new OnnxTensor(name, List.copyOf(sides), type, raw, floats, integers);
    }

    /** Returns the number of elements. */
    int count() throws CheckpointException {
        long count = 1;
        for (long side : sides) {
            if (side < 0 || side > Integer.MAX_VALUE || count * side > Integer.MAX_VALUE) {
                throw wrong("has sides " + sides);
            }
            count *= side;
        }
        return (int) count;
    }

    /**
     * Reads the elements, whole numbers too.
     *
     * @return as many floats as the sides say
     * @throws CheckpointException if there are more or fewer, or they are of another type
     */
    float[] values() throws CheckpointException {
        return switch (type) {
            case FLOAT -> floatValues();
            case INT8, UINT8 -> raw == null ? packedValues() : byteValues(raw);
            default ->
                    throw wrong("has elements of type %s, not of 8 bits or floats".formatted(type));
        };
    }

    private float[] floatValues() throws CheckpointException {
        ByteBuffer bytes = required(raw == null ? floats : raw);
        requireRoom(bytes.remaining() == (long) count() * Float.BYTES);
        float[] values = new float[count()];
        bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    private float[] byteValues(ByteBuffer bytes) throws CheckpointException {
        requireRoom(bytes.remaining() == count());
        float[] values = new float[count()];
        for (int i = 0; i < values.length; i++) {
            byte element = bytes.get(i);
            values[i] = type == INT8 ? element : Byte.toUnsignedInt(element);
        }
        return values;
    }

    private float[] packedValues() throws CheckpointException {
        ByteBuffer bytes = required(integers);
        requireRoom(bytes.remaining() >= count()); // a number has a byte or more
        Protobuf packed = new Protobuf(name, bytes);
        float[] values = new float[count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = packed.packed();
        }
        return values;
    }

    private ByteBuffer required(@Nullable ByteBuffer bytes) throws CheckpointException {
        if (bytes == null) {
            throw wrong("has no elements");
        }
        return bytes;
    }

    private void requireRoom(boolean fits) throws CheckpointException {
        if (!fits) {
            throw wrong("has no %s elements".formatted(count()));
        }
    }

    private CheckpointException wrong(String what) {
        return new CheckpointException("the ONNX tensor %s %s".formatted(name, what));
    }
}
