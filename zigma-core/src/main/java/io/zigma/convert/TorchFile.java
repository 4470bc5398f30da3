package io.zigma.convert;

import io.zigma.io.SafetensorsHeader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An open file of {@code torch.save} in either format. The structure is read at once, the elements
 * of a tensor on demand.
 *
 * <p>Not for several threads at a time.
 */
final class TorchFile implements AutoCloseable {

    private static final byte[] ZIP = {'P', 'K', 3, 4};

    private final Path path;
    private final long fileBytes;
    private final TorchContainer container;

    // tensors of one storage mostly follow each other
    private @Nullable TorchStorage latest;
    private ByteBuffer latestBytes = ByteBuffer.allocate(0);

    private TorchFile(Path path, TorchContainer container) throws IOException {
        this.path = path;
        this.container = container;
        fileBytes = Files.size(path);
    }

    /**
     * Opens a file.
     *
     * @param path a file of {@code torch.save}
     * @return the open file
     * @throws TorchException if the file is missing, damaged, something else, or refers to more
     *     than a checkpoint needs
     * @throws IOException if reading fails
     */
    static TorchFile open(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new TorchException(
                    path
                            + (Files.isDirectory(path)
                                    ? ": this is a folder, not a PyTorch file"
                                    : ": there is no such file"));
        }
        byte[] beginning;
        try (InputStream bytes = Files.newInputStream(path)) {
            beginning = bytes.readNBytes(ZIP.length);
        }
        return new TorchFile(
                path, Arrays.equals(beginning, ZIP) ? TorchZip.open(path) : TorchLegacy.open(path));
    }

    /** Returns the file that was opened. */
    Path path() {
        return path;
    }

    /** Returns the size of the file in bytes. */
    long size() {
        return fileBytes;
    }

    /** Returns what was saved. */
    PickleValue root() {
        return container.root();
    }

    /** Returns the names of unknown libraries and programs. */
    Set<String> foreign() {
        return container.foreign();
    }

    /**
     * Reads a floating-point tensor.
     *
     * @param name its name for error messages
     * @param tensor a tensor of this file
     * @return its elements in row-major order; F16 and BF16 widened, F64 rounded
     * @throws TorchException if its storage is missing or damaged, or it holds something else
     * @throws IOException if reading fails
     */
    float[] floats(String name, TorchTensor tensor) throws IOException {
        TorchType type = requireKind(name, tensor, TorchType.Kind.REAL);
        float[] values = new float[arrayLength(name, tensor)];
        ByteBuffer bytes = bytes(tensor.storage());
        tensor.visit((element, index) -> values[element] = type.real(bytes, index));
        return values;
    }

    /**
     * Reads an integer or boolean tensor.
     *
     * @param name its name for error messages
     * @param tensor a tensor of this file
     * @return its elements in row-major order, widened; booleans as 0 and 1
     * @throws TorchException if its storage is missing or damaged, or it holds something else
     * @throws IOException if reading fails
     */
    long[] longs(String name, TorchTensor tensor) throws IOException {
        TorchType type = requireKind(name, tensor, TorchType.Kind.INTEGER);
        long[] values = new long[arrayLength(name, tensor)];
        ByteBuffer bytes = bytes(tensor.storage());
        tensor.visit((element, index) -> values[element] = type.integer(bytes, index));
        return values;
    }

    @Override
    public void close() throws IOException {
        container.close();
    }

    private ByteBuffer bytes(TorchStorage storage) throws IOException {
        if (!storage.equals(latest)) {
            latestBytes = ByteBuffer.wrap(container.read(storage)).order(ByteOrder.LITTLE_ENDIAN);
            latest = storage;
        }
        return latestBytes;
    }

    private TorchType requireKind(String name, TorchTensor tensor, TorchType.Kind kind)
            throws TorchException {
        TorchType type = tensor.storage().type();
        if (type.kind() != kind) {
            throw new TorchException(
                    "%s: tensor %s is %s, not %s"
                            .formatted(
                                    path,
                                    SafetensorsHeader.shown(name),
                                    type,
                                    kind == TorchType.Kind.REAL ? "floating point" : "integers"));
        }
        return type;
    }

    /** A stride of 0 makes a large tensor of few bytes, so the file's size bounds the tensor's. */
    private int arrayLength(String name, TorchTensor tensor) throws TorchException {
        if (tensor.elements() > Math.min(fileBytes, Integer.MAX_VALUE - 8)) {
            throw new TorchException(
                    "%s: tensor %s claims %s elements in a file of %s bytes"
                            .formatted(
                                    path,
                                    SafetensorsHeader.shown(name),
                                    tensor.elements(),
                                    fileBytes));
        }
        return (int) tensor.elements();
    }
}
