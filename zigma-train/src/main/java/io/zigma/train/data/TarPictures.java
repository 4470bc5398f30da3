package io.zigma.train.data;

import io.zigma.media.MediaException;
import io.zigma.media.PictureSource;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.jspecify.annotations.Nullable;

/**
 * The pictures in a tar file. A plain one is read in place; one packed by gzip can only be read
 * from its beginning, so its pictures are held in memory as they are stored.
 */
final class TarPictures {

    private static final int RECORD_BYTES = 512;
    private static final int BLOCK_BYTES = 20 * RECORD_BYTES;

    /** Each byte of a name becomes one letter, so that its bytes are not lost. */
    private static final String BYTES_AS_TEXT = StandardCharsets.ISO_8859_1.name();

    private final ArchiveTree tree;
    private final Path archive;
    private final String shown;
    private final String prefix;

    private TarPictures(ArchiveTree tree, Path archive, String prefix) {
        this.tree = tree;
        this.archive = archive;
        this.shown = FileNames.shown(archive);
        this.prefix = prefix;
    }

    /**
     * Adds a file's pictures to a tree.
     *
     * @param prefix of the keys of its entries
     * @throws DatasetException if it is no sound tar file, or a packed one is too large
     */
    static void addTo(ArchiveTree tree, Path archive, String prefix) throws IOException {
        new TarPictures(tree, archive, prefix).add();
    }

    private void add() throws IOException {
        FileStamp stamp = FileStamp.of(archive);
        FileChannel channel = FileChannel.open(archive);
        try {
            boolean any = isGzip(channel) ? addPacked(channel, stamp) : addPlain(channel, stamp);
            if (!any) {
                throw new IOException("it holds nothing");
            }
        } catch (EOFException e) {
            throw new DatasetException("%s: is cut off".formatted(shown), e);
        } catch (DatasetException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new DatasetException(
                    "%s: is not a sound tar file (%s)".formatted(shown, e.getMessage()), e);
        }
    }

    private boolean addPlain(FileChannel channel, FileStamp stamp) throws IOException {
        if (channel.size() % RECORD_BYTES != 0) {
            throw new EOFException();
        }
        // not closed: the channel is read as long as the data set is used
        TarFile tar = new TarFile(channel, BLOCK_BYTES, RECORD_BYTES, BYTES_AS_TEXT, false);
        for (TarArchiveEntry entry : tar.getEntries()) {
            add(entry, null, channel, stamp);
        }
        ByteBuffer end = ByteBuffer.allocate(RECORD_BYTES);
        if (channel.size() > 0) {
            channel.read(end, channel.size() - RECORD_BYTES);
        }
        if (!end.flip().equals(ByteBuffer.allocate(RECORD_BYTES))) {
            tree.findings().warn("%s: lacks its end, and may be cut off".formatted(shown));
        }
        return !tar.getEntries().isEmpty();
    }

    private boolean addPacked(FileChannel channel, FileStamp stamp) throws IOException {
        boolean any = false;
        try (InputStream plain =
                        new BufferedInputStream(Channels.newInputStream(channel.position(0)));
                InputStream unpacked = new GZIPInputStream(plain, 1 << 16);
                TarArchiveInputStream tar = new TarArchiveInputStream(unpacked, BYTES_AS_TEXT)) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                any = true;
                add(entry, tar, channel, stamp);
            }
        }
        return any;
    }

    private void add(
            TarArchiveEntry entry,
            @Nullable TarArchiveInputStream packed,
            FileChannel channel,
            FileStamp stamp)
            throws IOException {
        if (entry.isDirectory()) {
            return;
        }
        // pax headers are UTF-8 by rule and arrive as text, the others as bytes
        byte[] name = bytes(entry.getName());
        List<ArchiveTree.Segment> segments = ArchiveTree.segments(name);
        String path = shown + "/" + FileNames.text(name).orElseGet(() -> FileNames.escaped(name));
        if (!tree.wants(path, segments)) {
            return;
        }
        if (entry.isLink() || entry.isSymbolicLink()) {
            tree.findings().skip(path, "a link within an archive");
        } else if (!entry.isFile() || entry.isSparse()) {
            tree.findings().skip(path, "not a plain file");
        } else if (entry.getSize() > ArchiveTree.MAX_ENTRY_BYTES) {
            tree.findings().skip(path, "is larger than 256 MiB");
        } else if (packed == null) {
            PictureSource source = source(channel, entry.getDataOffset(), (int) entry.getSize());
            tree.add(path, prefix, segments, stamp, source);
        } else {
            byte[] content = packed.readNBytes((int) entry.getSize());
            if (content.length < entry.getSize()) {
                throw new EOFException();
            }
            if (!tree.takeRoom(content.length)) {
                throw new DatasetException(
                        "%s: its pictures do not fit into memory, and packed by gzip they can only be read in one go; unpack it with gunzip first"
                                .formatted(shown));
            }
            tree.add(path, prefix, segments, stamp, PictureSource.of(content));
        }
    }

    private static byte[] bytes(String name) {
        return StandardCharsets.ISO_8859_1.newEncoder().canEncode(name)
                ? name.getBytes(StandardCharsets.ISO_8859_1)
                : name.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isGzip(FileChannel channel) throws IOException {
        ByteBuffer mark = ByteBuffer.allocate(2);
        return channel.read(mark, 0) == 2 && mark.getShort(0) == 0x1f8b;
    }

    private static PictureSource source(FileChannel channel, long place, int size) {
        return () -> {
            ByteBuffer content = ByteBuffer.allocate(size);
            int count = 0;
            while (content.hasRemaining() && count >= 0) {
                count = channel.read(content, place + content.position());
            }
            if (content.hasRemaining()) {
                throw new MediaException("damaged (the archive is cut off)");
            }
            return PictureSource.of(content.array()).open();
        };
    }
}
