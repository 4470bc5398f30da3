package io.zigma.io;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Collects tensors and writes them as one safetensors file, whole or not at all.
 *
 * <p>Tensors are written in the order in which they were added and their values are computed only
 * then, one tensor at a time. The file appears under its name after everything is on the disk;
 * until then an older file of that name stays. The same tensors and metadata give the same bytes.
 */
public final class SafetensorsWriter {

    private static final int BUFFER_BYTES = 1 << 20;
    private static final int ALIGNMENT = 8;

    private final Map<String, Pending> tensors = new LinkedHashMap<>();
    // sorted, so that the bytes do not depend on the order of a caller's hash map
    private final Map<String, String> metadata = new TreeMap<>();

    /** Makes a writer without tensors. */
    public SafetensorsWriter() {}

    /** A tensor to be written: what the header needs to know, and where its values come from. */
    private record Pending(SafetensorsType type, long[] shape, long elements, Values values) {}

    private sealed interface Values {
        record Floats(Supplier<float[]> source) implements Values {}

        record Doubles(double[] source) implements Values {}

        record Longs(Supplier<long[]> source) implements Values {}

        record Bytes(byte[] source) implements Values {}
    }

    /**
     * Adds a line of text to the header.
     *
     * @param key a name; a second value replaces the first
     * @param value any text
     * @return this writer
     */
    @CanIgnoreReturnValue
    public SafetensorsWriter metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /**
     * Adds a float32 tensor.
     *
     * @param name a name that no other tensor has
     * @param shape sides, none for a scalar
     * @param values elements in row-major order, not copied
     * @return this writer
     * @throws IllegalArgumentException if the name is taken or the sides do not multiply to the
     *     number of values
     */
    @CanIgnoreReturnValue
    public SafetensorsWriter floats(String name, long[] shape, float[] values) {
        requireCount(name, elements(name, shape), values.length);
        return floats(name, SafetensorsType.F32, shape, () -> values);
    }

    /**
     * Adds a floating-point tensor whose values are computed when it is written.
     *
     * @param name a name that no other tensor has
     * @param type F32, F16 or BF16; values are rounded to nearest even
     * @param shape sides, none for a scalar
     * @param values gives the elements in row-major order; called once for each file written
     * @return this writer
     * @throws IllegalArgumentException if the name is taken, the type is another one, or a side is
     *     negative
     */
    @CanIgnoreReturnValue
    public SafetensorsWriter floats(
            String name, SafetensorsType type, long[] shape, Supplier<float[]> values) {
        switch (type) {
            case F32, F16, BF16 -> {}
            default ->
                    throw new IllegalArgumentException(
                            "tensor %s: floats are written as F32, F16 or BF16, not %s"
                                    .formatted(SafetensorsHeader.shown(name), type));
        }
        return add(name, type, shape, new Values.Floats(values));
    }

    /**
     * Adds a float64 tensor.
     *
     * @param name a name that no other tensor has
     * @param shape sides, none for a scalar
     * @param values elements in row-major order, not copied
     * @return this writer
     * @throws IllegalArgumentException if the name is taken or the sides do not multiply to the
     *     number of values
     */
    @CanIgnoreReturnValue
    public SafetensorsWriter doubles(String name, long[] shape, double[] values) {
        requireCount(name, elements(name, shape), values.length);
        return add(name, SafetensorsType.F64, shape, new Values.Doubles(values));
    }

    /**
     * Adds an int64 tensor.
     *
     * @param name a name that no other tensor has
     * @param shape sides, none for a scalar
     * @param values elements in row-major order, not copied
     * @return this writer
     * @throws IllegalArgumentException if the name is taken or the sides do not multiply to the
     *     number of values
     */
    @CanIgnoreReturnValue
    public SafetensorsWriter longs(String name, long[] shape, long[] values) {
        requireCount(name, elements(name, shape), values.length);
        return add(name, SafetensorsType.I64, shape, new Values.Longs(() -> values));
    }

    /**
     * Adds a tensor of unsigned bytes.
     *
     * @param name a name that no other tensor has
     * @param shape sides, none for a scalar
     * @param values elements in row-major order, 0 to 255 in Java's signed bytes, not copied
     * @return this writer
     * @throws IllegalArgumentException if the name is taken or the sides do not multiply to the
     *     number of values
     */
    @CanIgnoreReturnValue
    public SafetensorsWriter bytes(String name, long[] shape, byte[] values) {
        requireCount(name, elements(name, shape), values.length);
        return add(name, SafetensorsType.U8, shape, new Values.Bytes(values));
    }

    /**
     * Adds an engine array, float32 as F32 and int64 as I64; it must stay open until the file is
     * written.
     *
     * @param name a name that no other tensor has
     * @param array a float32 or int64 array
     * @return this writer
     * @throws IllegalArgumentException if the name is taken or the array has another type
     */
    @CanIgnoreReturnValue
    public SafetensorsWriter array(String name, NDArray array) {
        long[] shape = array.getShape().getShape();
        if (array.getDataType() == DataType.FLOAT32) {
            return floats(
                    name, SafetensorsType.F32, shape, () -> onHost(array, NDArray::toFloatArray));
        }
        if (array.getDataType() == DataType.INT64) {
            return add(
                    name,
                    SafetensorsType.I64,
                    shape,
                    new Values.Longs(() -> onHost(array, NDArray::toLongArray)));
        }
        throw new IllegalArgumentException(
                "tensor %s: arrays are written as float32 or int64, not %s"
                        .formatted(SafetensorsHeader.shown(name), array.getDataType()));
    }

    /**
     * Reads an array through a copy that is freed at once: DJL leaves the copy of a device's array
     * with the array's manager, which may live as long as the model.
     */
    private static <T> T onHost(NDArray array, Function<NDArray, T> reading) {
        if (!array.getDevice().isGpu()) {
            return reading.apply(array);
        }
        try (NDArray copy = array.toDevice(Device.cpu(), true)) {
            return reading.apply(copy);
        }
    }

    /**
     * Writes the file: into a temporary file beside it, flushed to the disk, then renamed over an
     * older one.
     *
     * @param path the file; its folder must exist
     * @throws IOException if writing fails; nothing is left behind then
     * @throws IllegalArgumentException if a source gives another number of values than its shape
     *     has
     */
    public void write(Path path) throws IOException {
        AtomicFile.write(path, this::writeTo);
    }

    @CanIgnoreReturnValue
    private SafetensorsWriter add(String name, SafetensorsType type, long[] shape, Values values) {
        if (name.equals(SafetensorsHeader.METADATA)) {
            throw new IllegalArgumentException(
                    "a tensor cannot be called %s, the format reserves that name"
                            .formatted(SafetensorsHeader.METADATA));
        }
        Pending pending = new Pending(type, shape.clone(), elements(name, shape), values);
        if (tensors.putIfAbsent(name, pending) != null) {
            throw new IllegalArgumentException(
                    "there is already a tensor %s".formatted(SafetensorsHeader.shown(name)));
        }
        return this;
    }

    private static long elements(String name, long[] shape) {
        long elements = 1;
        for (long side : shape) {
            if (side < 0) {
                throw new IllegalArgumentException(
                        "tensor %s has a side of %s"
                                .formatted(SafetensorsHeader.shown(name), side));
            }
            elements = Math.multiplyExact(elements, side);
        }
        return elements;
    }

    private static void requireCount(String name, long expected, long actual) {
        if (expected != actual) {
            throw new IllegalArgumentException(
                    "tensor %s has %s values, its shape needs %s"
                            .formatted(SafetensorsHeader.shown(name), actual, expected));
        }
    }

    private void writeTo(FileChannel channel) throws IOException {
        byte[] header = header();
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        drain(channel, buffer.putLong(header.length));
        drain(channel, ByteBuffer.wrap(header).position(header.length));
        for (Map.Entry<String, Pending> entry : tensors.entrySet()) {
            write(channel, buffer, entry.getKey(), entry.getValue());
        }
    }

    /** Makes the header's JSON, padded with spaces so that the data starts on 8 bytes. */
    private byte[] header() throws IOException {
        StringWriter text = new StringWriter();
        try (JsonWriter json = new JsonWriter(text)) {
            json.setHtmlSafe(false);
            json.beginObject();
            if (!metadata.isEmpty()) {
                json.name(SafetensorsHeader.METADATA).beginObject();
                for (Map.Entry<String, String> entry : metadata.entrySet()) {
                    json.name(entry.getKey()).value(entry.getValue());
                }
                json.endObject();
            }
            long offset = 0;
            for (Map.Entry<String, Pending> entry : tensors.entrySet()) {
                Pending tensor = entry.getValue();
                json.name(entry.getKey()).beginObject();
                json.name("dtype").value(tensor.type().name());
                json.name("shape").beginArray();
                for (long side : tensor.shape()) {
                    json.value(side);
                }
                json.endArray();
                json.name("data_offsets").beginArray();
                json.value(offset);
                offset = Math.addExact(offset, bytes(tensor));
                json.value(offset).endArray().endObject();
            }
            json.endObject();
        }
        int unpadded = text.toString().getBytes(StandardCharsets.UTF_8).length;
        text.append(" ".repeat(Math.floorMod(-unpadded, ALIGNMENT)));
        byte[] header = text.toString().getBytes(StandardCharsets.UTF_8);
        if (header.length > SafetensorsHeader.MAX_HEADER_BYTES) {
            throw new SafetensorsException(
                    "the header would have %s bytes, the format allows %s"
                            .formatted(header.length, SafetensorsHeader.MAX_HEADER_BYTES));
        }
        return header;
    }

    private static long bytes(Pending tensor) {
        return Math.multiplyExact(tensor.elements(), (long) tensor.type().bytes());
    }

    private static void write(FileChannel channel, ByteBuffer buffer, String name, Pending tensor)
            throws IOException {
        if (tensor.values() instanceof Values.Floats floats) {
            float[] values = floats.source().get();
            requireCount(name, tensor.elements(), values.length);
            for (float value : values) {
                switch (tensor.type()) {
                    case F16 -> buffer.putShort(HalfPrecision.toHalf(value));
                    case BF16 -> buffer.putShort(HalfPrecision.toBfloat16(value));
                    default -> buffer.putFloat(value);
                }
                drainWhenFull(channel, buffer);
            }
        } else if (tensor.values() instanceof Values.Doubles doubles) {
            for (double value : doubles.source()) {
                buffer.putDouble(value);
                drainWhenFull(channel, buffer);
            }
        } else if (tensor.values() instanceof Values.Longs longs) {
            long[] values = longs.source().get();
            requireCount(name, tensor.elements(), values.length);
            for (long value : values) {
                buffer.putLong(value);
                drainWhenFull(channel, buffer);
            }
        } else if (tensor.values() instanceof Values.Bytes bytes) {
            drain(channel, ByteBuffer.wrap(bytes.source()).position(bytes.source().length));
        }
        drain(channel, buffer);
    }

    private static void drainWhenFull(FileChannel channel, ByteBuffer buffer) throws IOException {
        if (buffer.remaining() < Long.BYTES) {
            drain(channel, buffer);
        }
    }

    private static void drain(FileChannel channel, ByteBuffer buffer) throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }
}
