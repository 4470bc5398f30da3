package io.zigma.train.data;

import io.zigma.media.MediaException;
import io.zigma.media.PictureSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** The pictures in a zip file, each unpacked into memory when it is read. */
final class ZipPictures {

    /** What zip's names are in where they are not UTF-8 (APPNOTE 6.3.10, appendix D). */
    private static final String OLD_CHARSET = "IBM437";

    private ZipPictures() {}

    /**
     * Adds a file's pictures to a tree.
     *
     * @param prefix of the keys of its entries
     * @throws DatasetException if it is no sound zip file
     */
    static void addTo(ArchiveTree tree, Path archive, String prefix) throws IOException {
        FileStamp stamp = FileStamp.of(archive);
        String shown = FileNames.shown(archive);
        ZipFile zip = open(archive, shown);
        Enumeration<ZipArchiveEntry> entries = zip.getEntries();
        while (entries.hasMoreElements()) {
            ZipArchiveEntry entry = entries.nextElement();
            if (entry.isDirectory()) {
                continue;
            }
            List<ArchiveTree.Segment> segments = ArchiveTree.segments(name(entry));
            String path = shown + "/" + entry.getName();
            if (!tree.wants(path, segments)) {
                continue;
            }
            if (entry.isUnixSymlink()) {
                tree.findings().skip(path, "a link within an archive");
            } else if (!zip.canReadEntryData(entry)) {
                tree.findings().skip(path, "encrypted, or packed in a way that is not known");
            } else {
                tree.add(path, prefix, segments, stamp, source(zip, entry));
            }
        }
    }

    // stays open as long as the data set is used; the last reference to it closes the channel
    private static ZipFile open(Path archive, String shown) throws IOException {
        try {
            return ZipFile.builder()
                    .setSeekableByteChannel(FileChannel.open(archive))
                    .setUseUnicodeExtraFields(true)
                    .get();
        } catch (IOException | RuntimeException e) {
            throw new DatasetException(
                    "%s: is not a sound zip file (%s)".formatted(shown, e.getMessage()), e);
        }
    }

    /** Returns a name in UTF-8, which old programs did not write. */
    private static byte[] name(ZipArchiveEntry entry) {
        byte[] raw = entry.getRawName();
        boolean utf8 = raw != null && FileNames.text(raw).isPresent();
        if (utf8) {
            return raw;
        }
        boolean known = raw != null && Charset.isSupported(OLD_CHARSET);
        String name = known ? new String(raw, Charset.forName(OLD_CHARSET)) : entry.getName();
        return name.getBytes(StandardCharsets.UTF_8);
    }

    private static PictureSource source(ZipFile zip, ZipArchiveEntry entry) {
        return () -> {
            // the size in an entry cannot be trusted
            try (InputStream in = zip.getInputStream(entry)) {
                byte[] bytes = in.readNBytes(ArchiveTree.MAX_ENTRY_BYTES + 1);
                if (bytes.length > ArchiveTree.MAX_ENTRY_BYTES) {
                    throw new MediaException("unpacks to more than 256 MiB");
                }
                return PictureSource.of(bytes).open();
            }
        };
    }
}
