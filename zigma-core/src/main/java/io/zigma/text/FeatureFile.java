package io.zigma.text;

import io.zigma.io.CheckpointException;
import io.zigma.io.HalfPrecision;
import io.zigma.io.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;

/**
 * A file that only grows: a header, then one record a text. All numbers are little-endian.
 *
 * <pre>
 * header   magic (8 bytes), SHA-256 of the encoder (32), n (4), d (4)
 * record   bytes of the text (4), tokens (4), CRC-32 of what follows (4), text in UTF-8, padding to
 *          an even length, tokens · d numbers as float16
 * </pre>
 *
 * <p>A process that appends holds the file's lock, reads what others have appended, and cuts off
 * what a killed run left unfinished. What was read once never changes, so that readers, who map it
 * into memory, need no lock.
 */
final class FeatureFile implements AutoCloseable {

    private static final long MAGIC = 0x3146_5441_4d47_495aL; // ZIGMATF1
    private static final int HEADER_BYTES = 48;
    private static final int RECORD_BYTES = 12;
    private static final int LONGEST_TEXT = 1 << 20;

    /** One mapping holds no more, and a multiple of a record fits into it. */
    private static final long MOST_MAPPED = 1L << 30;

    /**
     * Locks are the process's, not the thread's: threads of one process wait for each other here.
     */
    private static final Map<Path, Object> TURNS = new ConcurrentHashMap<>();

    private final Path path;
    private final FileChannel channel;
    private final Object turn;
    private final int tokens;
    private final int size;
    private final Map<String, Place> places = new ConcurrentHashMap<>();
    private long end = HEADER_BYTES; // of the records that are known

    /**
     * A text's tokens on the way into the file.
     *
     * @param text the text
     * @param real how many tokens it has
     * @param values holds their numbers
     * @param from where the first one is
     */
    record Features(String text, int real, float[] values, int from) {}

    /**
     * Where a text's tokens are.
     *
     * @param values a mapped part of the file; only read at absolute places
     * @param first place of the first number
     * @param real how many tokens
     */
    private record Place(ShortBuffer values, int first, int real) {}

    private FeatureFile(Path path, FileChannel channel, int tokens, int size) throws IOException {
        this.path = path;
        this.channel = channel;
        this.tokens = tokens;
        this.size = size;
        turn = TURNS.computeIfAbsent(path.toRealPath(), any -> new Object());
    }

    /**
     * Opens a file, or begins it.
     *
     * @param path where it is
     * @param hash the encoder's
     * @param tokens n
     * @param size d
     * @throws IOException if it is another file, or cannot be read or made
     */
    static FeatureFile open(Path path, String hash, int tokens, int size) throws IOException {
        FileChannel channel;
        try {
            channel =
                    FileChannel.open(
                            path,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw StorageException.of(path, e);
        }
        try {
            FeatureFile file = new FeatureFile(path, channel, tokens, size);
            file.begin(header(hash, tokens, size));
            file.refresh();
            return file;
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    private static ByteBuffer header(String hash, int tokens, int size) {
        return buffer(HEADER_BYTES)
                .putLong(MAGIC)
                .put(HexFormat.of().parseHex(hash))
                .putInt(tokens)
                .putInt(size)
                .flip();
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Writes the header of a new file, and checks that of an old one. */
    private void begin(ByteBuffer header) throws IOException {
        locked(
                () -> {
                    if (channel.size() < HEADER_BYTES) {
                        write(header.duplicate(), 0); // also over half a one of a killed run
                        channel.truncate(HEADER_BYTES);
                    }
                    if (!header.equals(read(0, HEADER_BYTES))) {
                        throw new CheckpointException(
                                "%s is no cache of this text encoder; remove it".formatted(path));
                    }
                });
    }

    /** Returns where the file is. */
    Path path() {
        return path;
    }

    /** Returns whether a text is known. */
    boolean has(String text) {
        return places.containsKey(stored(text));
    }

    /** A text as it comes back from the file: half a surrogate pair has no bytes of its own. */
    private static String stored(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > LONGEST_TEXT) {
            throw new IllegalArgumentException(
                    "a text of %s bytes is no caption".formatted(bytes.length));
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * Takes over what others have appended.
     *
     * @throws IOException if the file cannot be read
     */
    void refresh() throws IOException {
        locked(this::takeOver);
    }

    /**
     * Appends what is not there yet.
     *
     * @param texts any texts
     * @throws IOException if the file cannot be written
     */
    void append(List<Features> texts) throws IOException {
        locked(
                () -> {
                    takeOver();
                    ByteBuffer[] records =
                            texts.stream()
                                    .filter(features -> !has(features.text()))
                                    .map(this::record)
                                    .toArray(ByteBuffer[]::new);
                    int bytes = Arrays.stream(records).mapToInt(ByteBuffer::remaining).sum();
                    ByteBuffer all = buffer(bytes);
                    for (ByteBuffer record : records) {
                        all.put(record);
                    }
                    channel.truncate(end); // half a record of a killed run
                    write(all.flip(), end);
                    channel.force(false);
                    takeOver();
                });
    }

    /** What is done while no other thread or process writes. */
    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    private void locked(Work work) throws IOException {
        synchronized (turn) {
            FileLock lock = channel.lock();
            try {
                work.run();
            } finally {
                lock.release();
            }
        }
    }

    private ByteBuffer record(Features features) {
        byte[] text = features.text().getBytes(StandardCharsets.UTF_8);
        int values = features.real() * size;
        ByteBuffer record = buffer(recordBytes(text.length, features.real()));
        record.putInt(text.length).putInt(features.real()).putInt(0).put(text);
        record.position(record.position() + (text.length & 1));
        for (int i = 0; i < values; i++) {
            record.putShort(HalfPrecision.toHalf(features.values()[features.from() + i]));
        }
        record.flip();
        record.putInt(2 * Integer.BYTES, checksum(record.duplicate().position(RECORD_BYTES)));
        return record;
    }

    private int recordBytes(int textBytes, int real) {
        return RECORD_BYTES + textBytes + (textBytes & 1) + real * size * Short.BYTES;
    }

    private static int checksum(ByteBuffer content) {
        CRC32 sum = new CRC32();
        sum.update(content);
        return (int) sum.getValue();
    }

    /** Reads the records behind those that are known, up to the first that is not whole. */
    private void takeOver() throws IOException {
        long length = channel.size();
        while (end < length) {
            long part = Math.min(length - end, MOST_MAPPED);
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, end, part);
            mapped.order(ByteOrder.LITTLE_ENDIAN);
            int known = takeOver(mapped);
            if (known == 0) {
                return;
            }
            end += known;
        }
    }

    private int takeOver(ByteBuffer mapped) {
        ShortBuffer values = mapped.asShortBuffer(); // records have even lengths
        int at = 0;
        while (mapped.limit() - at >= RECORD_BYTES) {
            int textBytes = mapped.getInt(at);
            int real = mapped.getInt(at + Integer.BYTES);
            if (textBytes < 0 || textBytes > LONGEST_TEXT || real < 0 || real > tokens) {
                return at;
            }
            int bytes = recordBytes(textBytes, real);
            if (bytes > mapped.limit() - at) {
                return at;
            }
            ByteBuffer content = mapped.slice(at + RECORD_BYTES, bytes - RECORD_BYTES);
            if (checksum(content.duplicate()) != mapped.getInt(at + 2 * Integer.BYTES)) {
                return at;
            }
            String text = StandardCharsets.UTF_8.decode(content.slice(0, textBytes)).toString();
            int first = (at + RECORD_BYTES + textBytes + (textBytes & 1)) / Short.BYTES;
            places.putIfAbsent(text, new Place(values, first, real));
            at += bytes;
        }
        return at;
    }

    /** Reads a text's tokens, with zeros behind its end; says how many are real. */
    int read(String text, float[] target, int offset) {
        Place place = places.get(stored(text));
        if (place == null) {
            throw new IllegalArgumentException(
                    "the tokens of '%s' were not prepared".formatted(text));
        }
        int values = place.real() * size;
        Arrays.fill(target, offset + values, offset + tokens * size, 0);
        for (int i = 0; i < values; i++) {
            target[offset + i] = HalfPrecision.fromHalf(place.values().get(place.first() + i));
        }
        return place.real();
    }

    private ByteBuffer read(long from, int bytes) throws IOException {
        ByteBuffer content = buffer(bytes);
        int count = 0;
        while (content.hasRemaining() && count >= 0) {
            count = channel.read(content, from + content.position());
        }
        return content.flip();
    }

    private void write(ByteBuffer content, long from) throws IOException {
        long at = from;
        try {
            while (content.hasRemaining()) {
                at += channel.write(content, at);
            }
        } catch (IOException e) {
            throw StorageException.of(path, e);
        }
    }

    @Override
    public void close() throws IOException {
        places.clear();
        channel.close();
    }
}
