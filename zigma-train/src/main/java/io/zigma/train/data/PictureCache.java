package io.zigma.train.data;

import io.zigma.io.AtomicFile;
import io.zigma.io.ContentHash;
import io.zigma.io.UserCache;
import io.zigma.media.PictureFormat;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Shrunken pictures and hashes stored between runs in a folder of its own, a file for each data set
 * and format. It can be deleted at any time.
 *
 * <p>A picture is taken from it only if its file still has the same size, the same times and the
 * same number in the file system, and if the stored bytes have their checksum. What was written
 * within two seconds before it was read is not stored: a file could change again within the same
 * tick of the clock. The files that were not used for longest go when there is too much.
 */
public final class PictureCache {

    private static final String MAGIC = "zigma pictures 1";

    /** To be raised whenever the same file decodes to other pixels than before. */
    private static final int DECODING = 2;

    private static final String ENDING = ".pictures";
    private static final long DEFAULT_BYTES = 2L << 30;
    private static final Duration TICK = Duration.ofSeconds(2);
    private static final int MAX_TEXT_BYTES = 1 << 16;

    private final Path folder;
    private final long maxBytes;
    private final Clock clock;

    PictureCache(Path folder, long maxBytes, Clock clock) {
        this.folder = folder;
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /**
     * Makes a cache of two gibibytes.
     *
     * @param folder where; made when it is needed
     * @return the cache
     */
    public static PictureCache in(Path folder) {
        return new PictureCache(folder, DEFAULT_BYTES, Clock.systemUTC());
    }

    /**
     * Finds the place that the system or the user has for such files: {@code ZIGMA_CACHE_DIR},
     * {@code XDG_CACHE_HOME}, else the system's cache folder below the home folder.
     *
     * @param environment the process's
     * @return the cache; empty if there is no home folder, as for users without a name
     */
    public static Optional<PictureCache> ofUser(Map<String, String> environment) {
        return UserCache.folder(environment).map(place -> in(place.resolve("pictures")));
    }

    /**
     * Opens the stored pictures of a data set; damaged ones count as absent.
     *
     * @param root the folder or archive, not read yet
     */
    PictureStore open(Path root, PictureFormat format) {
        String identity;
        try {
            identity =
                    String.join(
                            "\n",
                            MAGIC,
                            Integer.toString(DECODING),
                            // another platform may decode a JPEG to other pixels
                            Runtime.version().toString(),
                            System.getProperty("os.arch", ""),
                            root.toRealPath().toUri().toString(),
                            format.toString());
        } catch (IOException e) {
            return PictureStore.NONE;
        }
        Path file = folder.resolve(new ContentHash().add(identity).hex() + ENDING);
        return new Store(file, identity, format);
    }

    /** A stored picture, its pixels still in the file. */
    private record Record(FileStamp stamp, byte[] sha256, int pictures, long place, int crc) {}

    private final class Store implements PictureStore {

        private final Path file;
        private final String identity;
        private final PictureFormat format;
        private final Instant opened = clock.instant();
        private final Map<String, Record> records = new HashMap<>();
        private final Map<String, Record> used = new ConcurrentHashMap<>();
        private final Map<String, Fresh> fresh = new ConcurrentHashMap<>();
        private @Nullable FileChannel channel;

        /** A picture that is new, with its file's stamp. */
        private record Fresh(FileStamp stamp, Stored picture) {}

        Store(Path file, String identity, PictureFormat format) {
            this.file = file;
            this.identity = identity;
            this.format = format;
            try {
                load();
            } catch (IOException | RuntimeException e) {
                records.clear();
            }
        }

        private void load() throws IOException {
            if (!Files.isRegularFile(file)) {
                return;
            }
            FileChannel opened = FileChannel.open(file);
            channel = opened;
            ChannelBytes bytes = new ChannelBytes(opened);
            DataInputStream in = new DataInputStream(bytes);
            if (!text(in).equals(identity)) {
                throw new IOException("another data set's");
            }
            try {
                while (bytes.place() < opened.size()) {
                    readOne(in, bytes);
                }
            } catch (EOFException e) {
                // the records before the cut are complete, each with its checksum
                return;
            }
        }

        private void readOne(DataInputStream in, ChannelBytes bytes) throws IOException {
            String key = text(in);
            FileStamp stamp = new FileStamp(in.readLong(), in.readLong(), in.readLong(), text(in));
            byte[] sha256 = new byte[ContentHash.BYTES];
            in.readFully(sha256);
            int pictures = in.readInt();
            long place = bytes.place();
            bytes.skipTo(place + format.elements());
            records.put(key, new Record(stamp, sha256, pictures, place, in.readInt()));
        }

        private Stored read(FileChannel from, Record record) throws IOException {
            ByteBuffer pixels = ByteBuffer.allocate(format.elements());
            int count = 0;
            while (pixels.hasRemaining() && count >= 0) {
                count = from.read(pixels, record.place() + pixels.position());
            }
            if (count < 0) {
                throw new EOFException();
            }
            return new Stored(pixels.array(), record.sha256(), record.pictures());
        }

        private String text(DataInputStream in) throws IOException {
            int length = in.readInt();
            if (length < 0 || length > MAX_TEXT_BYTES) {
                throw new IOException("damaged");
            }
            byte[] text = new byte[length];
            in.readFully(text);
            return new String(text, StandardCharsets.UTF_8);
        }

        @Override
        public @Nullable Stored find(PictureTree.Leaf leaf) {
            Record record = records.get(leaf.key());
            FileChannel open = channel;
            if (record == null || open == null || !record.stamp().equals(leaf.stamp())) {
                return null;
            }
            try {
                Stored stored = read(open, record);
                if (crc(leaf.key(), record.stamp(), stored) != record.crc()) {
                    return null;
                }
                used.put(leaf.key(), record);
                return stored;
            } catch (IOException e) {
                return null;
            }
        }

        @Override
        public void save(PictureTree.Leaf leaf, Stored picture) {
            FileStamp stamp = leaf.stamp();
            if (stamp == null) {
                return;
            }
            Instant newest = Instant.ofEpochSecond(0, stamp.newest());
            if (newest.isBefore(opened.minus(TICK))) {
                fresh.put(leaf.key(), new Fresh(stamp, picture));
            }
        }

        @Override
        public void close() throws IOException {
            try (FileChannel open = channel) {
                boolean same = fresh.isEmpty() && used.size() == records.size();
                long size = (long) (used.size() + fresh.size()) * format.elements();
                if (same || size == 0 || size > maxBytes) {
                    if (Files.isRegularFile(file)) {
                        Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
                    }
                    return;
                }
                Files.createDirectories(folder);
                makeRoom(maxBytes - size);
                AtomicFile.write(file, target -> write(target, open));
            }
        }

        private void write(FileChannel target, @Nullable FileChannel old) throws IOException {
            OutputStream stream =
                    new BufferedOutputStream(Channels.newOutputStream(target), 1 << 16);
            DataOutputStream out = new DataOutputStream(stream);
            write(out, identity);
            for (Map.Entry<String, Record> entry : used.entrySet()) {
                if (old != null) {
                    Record record = entry.getValue();
                    write(out, entry.getKey(), record.stamp(), read(old, record));
                }
            }
            for (Map.Entry<String, Fresh> entry : fresh.entrySet()) {
                write(out, entry.getKey(), entry.getValue().stamp(), entry.getValue().picture());
            }
            out.flush();
        }

        private void write(DataOutputStream out, String key, FileStamp stamp, Stored picture)
                throws IOException {
            writeHead(out, key, stamp, picture);
            out.write(picture.pixels());
            out.writeInt(crc(key, stamp, picture));
        }

        private int crc(String key, FileStamp stamp, Stored picture) throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            writeHead(new DataOutputStream(head), key, stamp, picture);
            CRC32 crc = new CRC32();
            crc.update(head.toByteArray());
            crc.update(picture.pixels());
            return (int) crc.getValue();
        }

        private void writeHead(DataOutputStream out, String key, FileStamp stamp, Stored picture)
                throws IOException {
            write(out, key);
            out.writeLong(stamp.size());
            out.writeLong(stamp.modified());
            out.writeLong(stamp.changed());
            write(out, stamp.file());
            out.write(picture.sha256());
            out.writeInt(picture.pictures());
        }

        private void write(DataOutputStream out, String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    /** Deletes what was not used for longest until no more than some bytes are left. */
    private void makeRoom(long most) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> found = Files.list(folder)) {
            found.filter(file -> file.toString().endsWith(ENDING)).forEach(files::add);
        }
        Map<Path, FileTime> times = new HashMap<>();
        long total = 0;
        for (Path file : files) {
            times.put(file, Files.getLastModifiedTime(file));
            total += Files.size(file);
        }
        files.sort(Comparator.comparing(times::get));
        for (Path file : files) {
            if (total <= most) {
                return;
            }
            total -= Files.size(file);
            Files.deleteIfExists(file);
        }
    }
}
