package io.zigma.train.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * An array of unsigned bytes in MNIST's IDX format: two zero bytes, the type 8, the number of
 * sides, each side as a big-endian int, then the bytes (LeCun, "The MNIST database").
 *
 * @param sides from the outermost on
 * @param bytes as many as the sides multiply to
 */
record IdxArray(int[] sides, byte[] bytes) {

    private static final int UNSIGNED_BYTE = 8;
    // deflate cannot do better, so a larger size is false
    private static final long MAX_COMPRESSION = 1032;
    private static final long MAX_BYTES = Integer.MAX_VALUE - 8;

    /**
     * Reads a whole file, unpacked if its name ends in {@code .gz}.
     *
     * @param file the file
     * @param dimensions how many sides it must have
     * @throws DatasetException if it is damaged, cut off or longer than its header says
     */
    static IdxArray read(Path file, int dimensions) throws IOException {
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
                DataInputStream in =
                        new DataInputStream(
                                isPacked(file) ? new GZIPInputStream(raw, 1 << 16) : raw)) {
            int magic = in.readInt();
            int expected = UNSIGNED_BYTE << 8 | dimensions;
            if (magic != expected) {
                throw new DatasetException(
                        String.format(
                                Locale.ROOT,
                                "%s: starts with 0x%08x instead of 0x%08x; not an IDX file of bytes with %d sides",
                                file,
                                magic,
                                expected,
                                dimensions));
            }
            int[] sides = new int[dimensions];
            for (int i = 0; i < dimensions; i++) {
                sides[i] = in.readInt();
            }
            int count = count(file, sides);
            // grows with what is there; the count alone allocates nothing
            byte[] bytes = in.readNBytes(count);
            if (bytes.length < count) {
                throw new DatasetException(
                        "%s: says %s = %s bytes, but ends after %s; it is cut off"
                                .formatted(file, Arrays.toString(sides), count, bytes.length));
            }
            if (in.read() >= 0) {
                throw new DatasetException(
                        "%s: continues after the %s = %s bytes of its header"
                                .formatted(file, Arrays.toString(sides), count));
            }
            return new IdxArray(sides, bytes);
        } catch (EOFException e) {
            throw new DatasetException("%s: is cut off".formatted(file), e);
        } catch (ZipException e) {
            throw new DatasetException(
                    "%s: is not a sound gzip file (%s)".formatted(file, e.getMessage()), e);
        }
    }

    private static boolean isPacked(Path file) {
        return file.getFileName().toString().endsWith(".gz");
    }

    private static int count(Path file, int[] sides) throws IOException {
        long most = Math.min(MAX_BYTES, Files.size(file) * (isPacked(file) ? MAX_COMPRESSION : 1));
        long count = 1;
        for (int side : sides) {
            if (side < 1) {
                throw new DatasetException(
                        "%s: has a side of %s in %s".formatted(file, side, Arrays.toString(sides)));
            }
            count *= side;
            if (count > most) {
                throw new DatasetException(
                        "%s: says it holds %s bytes, more than fit a file of %s bytes or one array"
                                .formatted(file, Arrays.toString(sides), Files.size(file)));
            }
        }
        return (int) count;
    }
}
