package io.zigma.eval.npz;

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
public final class NpzFile {

    private static final String ENDING = ".npy";
    // deflate cannot do better, so a larger size is false
    private static final long MOST_COMPRESSION = 1032;
    // the first moment that a zip archive can name, so that equal arrays make equal files
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private NpzFile() {}

    /**
     * Reads one array.
     *
     * @param file the archive
     * @param name of the array, without ending
     * @return its numbers
     * @throws NpyException if it is not there or cannot be read
     * @throws IOException if reading fails
     */
    public static NpyArray read(Path file, String name) throws IOException {
        return read(file, name, NpyArray::read);
    }

    /**
     * Reads an array of bytes.
     *
     * @param file the archive
     * @param name of the array, without ending
     * @return its bytes
     * @throws NpyException if it is not there, cannot be read or is of another type than uint8
     * @throws IOException if reading fails
     */
    public static NpyArray.Bytes readBytes(Path file, String name) throws IOException {
        return read(file, name, NpyArray::readBytes);
    }

    /**
     * Returns whether an archive holds an array.
     *
     * @param file the archive
     * @param name of the array, without ending
     * @return true if it is there
     * @throws NpyException if the file is no archive
     * @throws IOException if reading fails
     */
    public static boolean has(Path file, String name) throws IOException {
        try (ZipFile archive = new ZipFile(file.toFile())) {
            return archive.getEntry(name + ENDING) != null;
        } catch (NoSuchFileException e) {
            throw missing(file, e);
        } catch (ZipException e) {
            throw damaged(file, e);
        }
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read(InputStream stream, long most, String where) throws IOException;
    }

    private static <T> T read(Path file, String name, Reader<T> reader) throws IOException {
        String where = "%s: %s".formatted(file, name);
        try (ZipFile archive = new ZipFile(file.toFile())) {
            ZipEntry entry = archive.getEntry(name + ENDING);
            if (entry == null) {
                throw new NpyException(
                        "%s: holds no array '%s', only: %s".formatted(file, name, names(archive)));
            }
            long most = Math.min(entry.getSize(), entry.getCompressedSize() * MOST_COMPRESSION);
            try (InputStream in = new BufferedInputStream(archive.getInputStream(entry))) {
                return reader.read(in, most, where);
            }
        } catch (NoSuchFileException e) {
            throw missing(file, e);
        } catch (ZipException e) {
            throw damaged(file, e);
        }
    }

    private static NpyException missing(Path file, IOException cause) {
        return new NpyException("%s: there is no such file".formatted(file), cause);
    }

    private static NpyException damaged(Path file, IOException cause) {
        return new NpyException(
                "%s: is not a sound .npz archive (%s)".formatted(file, cause.getMessage()), cause);
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
     * @throws IOException if writing fails
     */
    public static void write(Path file, Map<String, NpyArray> arrays) throws IOException {
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
