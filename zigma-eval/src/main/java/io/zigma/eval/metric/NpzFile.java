package io.zigma.eval.metric;

import io.zigma.io.AtomicFile;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** NumPy's {@code .npz}: a zip archive with a {@code NAME.npy} for each array. */
final class NpzFile {

    private static final String ENDING = ".npy";
    // deflate cannot do better, so a claim beyond it is a lie
    private static final long MOST_COMPRESSION = 1032;
    // the first moment that a zip archive can name, so that equal arrays make equal files
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private NpzFile() {}

    /**
     * Reads one array.
     *
     * @param file the archive
     * @param name of the array, without ending
     * @throws NpyException if it is not there or cannot be read
     */
    static NpyArray read(Path file, String name) throws IOException {
        String where = "%s: %s".formatted(file, name);
        try (ZipFile archive = new ZipFile(file.toFile())) {
            ZipEntry entry = archive.getEntry(name + ENDING);
            if (entry == null) {
                throw new NpyException(
                        "%s: holds no array '%s', only: %s".formatted(file, name, names(archive)));
            }
            long most = Math.min(entry.getSize(), entry.getCompressedSize() * MOST_COMPRESSION);
            try (InputStream in = new BufferedInputStream(archive.getInputStream(entry))) {
                return NpyArray.read(in, most, where);
            }
        } catch (NoSuchFileException e) {
            throw new NpyException("%s: there is no such file".formatted(file), e);
        } catch (ZipException e) {
            throw new NpyException(
                    "%s: is not a sound .npz archive (%s)".formatted(file, e.getMessage()), e);
        }
    }

    private static String names(ZipFile archive) {
        return archive.stream()
                .map(ZipEntry::getName)
                .map(
                        name ->
                                name.endsWith(ENDING)
                                        ? name.substring(0, name.length() - ENDING.length())
                                        : name)
                .limit(10)
                .collect(Collectors.joining(", "));
    }

    /**
     * Writes an archive beside its place, flushes it and renames it there.
     *
     * @param file where
     * @param arrays by name, in their order
     */
    static void write(Path file, Map<String, NpyArray> arrays) throws IOException {
        AtomicFile.write(
                file,
                channel -> {
                    ZipOutputStream zip =
                            new ZipOutputStream(
                                    new BufferedOutputStream(Channels.newOutputStream(channel)));
                    for (Map.Entry<String, NpyArray> array : arrays.entrySet()) {
                        zip.putNextEntry(entry(array.getKey() + ENDING, array.getValue()));
                        array.getValue().write(zip);
                        zip.closeEntry();
                    }
                    zip.finish();
                    zip.flush();
                });
    }

    /**
     * Describes an array stored as it is, as NumPy stores it; zip wants its checksum beforehand.
     */
    private static ZipEntry entry(String name, NpyArray array) throws IOException {
        CRC32 checksum = new CRC32();
        array.write(new CheckedOutputStream(OutputStream.nullOutputStream(), checksum));
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(array.bytes());
        entry.setCompressedSize(array.bytes());
        entry.setCrc(checksum.getValue());
        entry.setTimeLocal(NO_TIME);
        return entry;
    }
}
