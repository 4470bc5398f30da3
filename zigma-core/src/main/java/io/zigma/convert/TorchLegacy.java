package io.zigma.convert;

import io.zigma.convert.PickleValue.Bool;
import io.zigma.convert.PickleValue.Dictionary;
import io.zigma.convert.PickleValue.Int;
import io.zigma.convert.PickleValue.Items;
import io.zigma.convert.PickleValue.Text;
import io.zigma.io.SafetensorsHeader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The format of {@code torch.save} before PyTorch 1.6: five pickles (a magic number, a version, the
 * writer's byte order, what was saved, the keys of its storages), then for each key the number of
 * elements as int64 and the elements.
 *
 * <p>It has no checksum, so a flipped bit in the elements cannot be detected.
 */
final class TorchLegacy implements TorchContainer {

    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long VERSION = 1001;

    private final Path path;
    private final FileChannel channel;
    private final PickleValue root;
    private final Set<String> foreign;
    private final Map<String, Long> offsets = new HashMap<>();

    private TorchLegacy(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        PickleInput input =
                new PickleInput(
                        path.toString(),
                        new BufferedInputStream(Channels.newInputStream(channel)),
                        channel.size());
        PickleReader reader = new PickleReader(input);
        if (!reader.read().equals(new Int(MAGIC))) {
            throw input.refuse(0, "no PyTorch checkpoint begins like this");
        }
        if (!reader.read().equals(Int.of(VERSION))) {
            throw input.refuse(0, "the file has not version %d, the only one there is", VERSION);
        }
        if (!(reader.read() instanceof Dictionary system)
                || !system.get("little_endian").equals(Optional.of(new Bool(true)))) {
            throw input.refuse(0, "only little-endian files are read");
        }
        root = reader.read();
        foreign = reader.foreign();
        long keysAt = input.offset();
        if (!(reader.read() instanceof Items keys)) {
            throw input.refuse(keysAt, "the keys of the storages are no list");
        }
        findStorages(keys, reader.storages(), input);
    }

    /**
     * Opens a file and reads what was saved, without the elements of its tensors.
     *
     * @throws TorchException if it is no such file, damaged, or refers to more than a checkpoint
     *     needs
     * @throws IOException if reading fails
     */
    static TorchLegacy open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new TorchLegacy(path, channel);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public PickleValue root() {
        return root;
    }

    @Override
    public Set<String> foreign() {
        return foreign;
    }

    @Override
    public byte[] read(TorchStorage storage) throws IOException {
        Long offset = offsets.get(storage.key());
        if (offset == null) {
            throw new TorchException(
                    "%s: storage %s is missing"
                            .formatted(path, SafetensorsHeader.shown(storage.key())));
        }
        return block(offset, storage.bytes()).array();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Visits the storages after the pickles; each must match its description in the pickle. */
    private void findStorages(Items keys, Map<String, TorchStorage> storages, PickleInput input)
            throws IOException {
        long at = input.offset();
        for (PickleValue item : keys.items()) {
            TorchStorage storage = item instanceof Text key ? storages.get(key.value()) : null;
            if (storage == null || offsets.containsKey(storage.key())) {
                throw input.refuse(at, "the keys of the storages are not those of the tensors");
            }
            if (channel.size() - at < Long.BYTES + (long) storage.bytes()) {
                throw input.refuse(
                        at,
                        "storage %s needs %d bytes but the file ends after %d; it is cut off",
                        SafetensorsHeader.shown(storage.key()),
                        storage.bytes() + Long.BYTES,
                        channel.size() - at);
            }
            long elements = block(at, Long.BYTES).getLong();
            if (elements != storage.elements()) {
                throw input.refuse(
                        at,
                        "storage %s has %d elements, its tensors expect %d",
                        SafetensorsHeader.shown(storage.key()),
                        elements,
                        storage.elements());
            }
            offsets.put(storage.key(), at + Long.BYTES);
            at += Long.BYTES + storage.bytes();
        }
        if (at != channel.size()) {
            throw input.refuse(
                    at, "%d bytes are left over after the last storage", channel.size() - at);
        }
    }

    private ByteBuffer block(long offset, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw new TorchException(
                        "%s: the file became shorter while it was read".formatted(path));
            }
        }
        return buffer.flip();
    }
}
