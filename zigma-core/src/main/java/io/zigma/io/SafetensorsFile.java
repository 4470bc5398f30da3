package io.zigma.io;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;

/**
 * An open safetensors file whose header was checked in full; tensors are read on demand, so that
 * files of any size cost no memory until a tensor is read. Nothing is mapped into memory: Windows
 * would not let a mapped file be renamed or deleted, long after it was closed.
 *
 * <p>Floating-point tensors of every width are widened or rounded to float in Java and never reach
 * the engine as bfloat16. Reading from several threads is safe.
 */
public final class SafetensorsFile implements AutoCloseable {

    // a whole number of elements of any type
    private static final int WINDOW_BYTES = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final SafetensorsHeader header;

    private SafetensorsFile(Path path, FileChannel channel, SafetensorsHeader header) {
        this.path = path;
        this.channel = channel;
        this.header = header;
    }

    /**
     * Opens a file and checks its whole layout.
     *
     * @param path a safetensors file
     * @return the open file
     * @throws SafetensorsException if the file is missing, damaged or something else; the message
     *     names file and offset
     * @throws IOException if the file cannot be read
     */
    public static SafetensorsFile open(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new SafetensorsException(
                    path
                            + (Files.isDirectory(path)
                                    ? ": this is a folder, not a safetensors file"
                                    : ": there is no such file"));
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new SafetensorsFile(path, channel, SafetensorsHeader.read(path, channel));
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Returns whether a file begins like a safetensors file: with the length of its header, then
     * the header's brace.
     *
     * @param path an existing file of any kind
     * @return true if it is a safetensors file, though maybe damaged
     * @throws IOException if it cannot be read
     */
    public static boolean isAt(Path path) throws IOException {
        try (InputStream bytes = Files.newInputStream(path)) {
            byte[] beginning = bytes.readNBytes(SafetensorsHeader.LENGTH_BYTES + 1);
            return beginning.length == SafetensorsHeader.LENGTH_BYTES + 1
                    && beginning[SafetensorsHeader.LENGTH_BYTES] == '{';
        }
    }

    /**
     * Returns the file that was opened.
     *
     * @return its path as given
     */
    public Path path() {
        return path;
    }

    /**
     * Returns the names of all tensors.
     *
     * @return an unmodifiable set in the order of the data
     */
    public Set<String> names() {
        return header.tensors().keySet();
    }

    /**
     * Returns what the header says of all tensors.
     *
     * @return type, shape and place by name, in the order of the data
     */
    public Map<String, SafetensorsTensor> tensors() {
        return header.tensors();
    }

    /**
     * Returns the free text map of the header.
     *
     * @return an unmodifiable map, empty when the file has none
     */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /**
     * Returns the header's description of a tensor.
     *
     * @param name a tensor's name
     * @return name, type, shape and offset
     * @throws SafetensorsException if the file has no such tensor
     */
    public SafetensorsTensor tensor(String name) throws SafetensorsException {
        SafetensorsTensor tensor = header.tensors().get(name);
        if (tensor == null) {
            throw new SafetensorsException(
                    "%s: there is no tensor %s among its %s"
                            .formatted(path, SafetensorsHeader.shown(name), names().size()));
        }
        return tensor;
    }

    /**
     * Returns the sides of a tensor.
     *
     * @param name a tensor's name
     * @return a fresh array, empty for a scalar
     * @throws SafetensorsException if the file has no such tensor
     */
    public long[] shape(String name) throws SafetensorsException {
        return tensor(name).sides();
    }

    /**
     * Returns the element type of a tensor.
     *
     * @param name a tensor's name
     * @return its type
     * @throws SafetensorsException if the file has no such tensor
     */
    public SafetensorsType dtype(String name) throws SafetensorsException {
        return tensor(name).type();
    }

    /**
     * Reads a floating-point tensor.
     *
     * @param name a tensor of type F64, F32, F16 or BF16
     * @return its elements in row-major order; F16 and BF16 widened, F64 rounded
     * @throws SafetensorsException if there is no such tensor, it holds integers, or it has more
     *     than 2³¹−1 elements
     * @throws IOException if reading fails
     */
    public float[] floats(String name) throws IOException {
        float[] values = new float[arrayLength(tensor(name))];
        floats(name, FloatBuffer.wrap(values));
        return values;
    }

    /**
     * Reads a floating-point tensor into memory that is there already.
     *
     * @param name a tensor of type F64, F32, F16 or BF16
     * @param to receives as many elements as the tensor has, from its position on, in row-major
     *     order; F16 and BF16 widened, F64 rounded
     * @throws SafetensorsException if there is no such tensor, it holds integers, or it has more
     *     than 2³¹−1 elements
     * @throws IOException if reading fails
     */
    public void floats(String name, FloatBuffer to) throws IOException {
        SafetensorsTensor tensor = tensor(name);
        if (!tensor.type().isFloating()) {
            throw wrongType(tensor, "floating point");
        }
        int length = arrayLength(tensor);
        for (int done = 0; done < length; ) {
            ByteBuffer window = window(tensor, done);
            int count = window.remaining() / tensor.type().bytes();
            switch (tensor.type()) {
                case F32 -> to.put(window.asFloatBuffer());
                case F16 -> {
                    for (int i = 0; i < count; i++) {
                        to.put(HalfPrecision.fromHalf(window.getShort()));
                    }
                }
                case BF16 -> {
                    for (int i = 0; i < count; i++) {
                        to.put(HalfPrecision.fromBfloat16(window.getShort()));
                    }
                }
                case F64 -> {
                    for (int i = 0; i < count; i++) {
                        to.put((float) window.getDouble());
                    }
                }
                default -> throw wrongType(tensor, "floating point");
            }
            done += count;
        }
    }

    /**
     * Reads a floating-point tensor in double precision.
     *
     * @param name a tensor of type F64, F32, F16 or BF16
     * @return its elements in row-major order, widened
     * @throws SafetensorsException if there is no such tensor, it holds integers, or it has more
     *     than 2³¹−1 elements
     * @throws IOException if reading fails
     */
    public double[] doubles(String name) throws IOException {
        SafetensorsTensor tensor = tensor(name);
        double[] values = new double[arrayLength(tensor)];
        if (tensor.type() != SafetensorsType.F64) {
            float[] narrow = floats(name);
            for (int i = 0; i < values.length; i++) {
                values[i] = narrow[i];
            }
            return values;
        }
        for (int done = 0; done < values.length; ) {
            ByteBuffer window = window(tensor, done);
            int count = window.remaining() / Double.BYTES;
            window.asDoubleBuffer().get(values, done, count);
            done += count;
        }
        return values;
    }

    /**
     * Reads an integer or boolean tensor.
     *
     * @param name a tensor of any type but the floating-point ones
     * @return its elements in row-major order, widened; booleans as 0 and 1
     * @throws SafetensorsException if there is no such tensor, it holds floating point, it has more
     *     than 2³¹−1 elements, or an unsigned element does not fit a long
     * @throws IOException if reading fails
     */
    public long[] longs(String name) throws IOException {
        SafetensorsTensor tensor = tensor(name);
        if (tensor.type().isFloating()) {
            throw wrongType(tensor, "integers");
        }
        long[] values = new long[arrayLength(tensor)];
        for (int done = 0; done < values.length; ) {
            ByteBuffer window = window(tensor, done);
            int count = window.remaining() / tensor.type().bytes();
            for (int i = 0; i < count; i++) {
                values[done + i] = integer(tensor, window);
            }
            done += count;
        }
        return values;
    }

    /**
     * Reads a tensor of unsigned bytes.
     *
     * @param name a tensor of type U8
     * @return its elements in row-major order, 0 to 255 in Java's signed bytes
     * @throws SafetensorsException if there is no such tensor, it is of another type, or it has
     *     more than 2³¹−1 elements
     * @throws IOException if reading fails
     */
    public byte[] bytes(String name) throws IOException {
        SafetensorsTensor tensor = tensor(name);
        if (tensor.type() != SafetensorsType.U8) {
            throw wrongType(tensor, "unsigned bytes");
        }
        byte[] values = new byte[arrayLength(tensor)];
        for (int done = 0; done < values.length; ) {
            ByteBuffer window = window(tensor, done);
            int count = window.remaining();
            window.get(values, done, count);
            done += count;
        }
        return values;
    }

    /**
     * Reads a tensor into an engine array.
     *
     * @param manager owner of the result
     * @param name a tensor's name
     * @return the tensor in its shape, float32 for every floating-point type and int64 for integers
     *     and booleans
     * @throws SafetensorsException if there is no such tensor or it is too large for one array
     * @throws IOException if reading fails
     */
    public NDArray read(NDManager manager, String name) throws IOException {
        SafetensorsTensor tensor = tensor(name);
        Shape shape = new Shape(tensor.sides());
        return tensor.type().isFloating()
                ? manager.create(floats(name), shape)
                : manager.create(longs(name), shape);
    }

    /** Closes the file; arrays that were read stay valid. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Reads the part of a tensor that starts at an element, as much as one window holds. */
    private ByteBuffer window(SafetensorsTensor tensor, int firstElement) throws IOException {
        long skipped = (long) firstElement * tensor.type().bytes();
        int length = (int) Math.min(tensor.bytes() - skipped, WINDOW_BYTES);
        ByteBuffer window = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (window.hasRemaining()) {
            long place = tensor.offset() + skipped + window.position();
            if (channel.read(window, place) < 0) {
                throw new SafetensorsException(
                        path + ": the file became shorter since it was opened");
            }
        }
        return window.flip();
    }

    private int arrayLength(SafetensorsTensor tensor) throws SafetensorsException {
        // virtual machines stop a few elements short of 2^31-1
        if (tensor.elements() > Integer.MAX_VALUE - 8) {
            throw new SafetensorsException(
                    "%s: tensor %s has %s elements, more than one array can hold"
                            .formatted(
                                    path,
                                    SafetensorsHeader.shown(tensor.name()),
                                    tensor.elements()));
        }
        return (int) tensor.elements();
    }

    private long integer(SafetensorsTensor tensor, ByteBuffer bytes) throws SafetensorsException {
        return switch (tensor.type()) {
            case I64 -> bytes.getLong();
            case I32 -> bytes.getInt();
            case I16 -> bytes.getShort();
            case I8 -> bytes.get();
            case U32 -> Integer.toUnsignedLong(bytes.getInt());
            case U16 -> Short.toUnsignedLong(bytes.getShort());
            case U8 -> Byte.toUnsignedLong(bytes.get());
            case BOOL -> bytes.get() == 0 ? 0 : 1;
            case U64 -> {
                long value = bytes.getLong();
                if (value < 0) {
                    throw new SafetensorsException(
                            "%s: tensor %s holds %s, more than a long can"
                                    .formatted(
                                            path,
                                            SafetensorsHeader.shown(tensor.name()),
                                            Long.toUnsignedString(value)));
                }
                yield value;
            }
            case F64, F32, F16, BF16 -> throw wrongType(tensor, "integers");
        };
    }

    private SafetensorsException wrongType(SafetensorsTensor tensor, String wanted) {
        return new SafetensorsException(
                "%s: tensor %s is %s, not %s"
                        .formatted(
                                path,
                                SafetensorsHeader.shown(tensor.name()),
                                tensor.type(),
                                wanted));
    }
}
