package io.zigma.media;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The tags of one picture in a TIFF file, or of a block of Exif, which has the same structure (TIFF
 * 6.0, section 2).
 *
 * <p>An entry outside of the file is left out; damaged metadata must not prevent reading the image.
 */
final class TiffDirectory {

    static final int IMAGE_DESCRIPTION = 0x10e;
    static final int ORIENTATION = 0x112;
    static final int ICC_PROFILE = 34675;

    private static final int MAX_ENTRIES = 4096;
    private static final int MAX_DIRECTORIES = 100_000;
    private static final long MAX_VALUE_BYTES = 1L << 24;
    private static final int ENTRY_BYTES = 12;
    private static final int INLINE_BYTES = 4;
    private static final int[] TYPE_BYTES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};

    private final Map<Integer, Entry> entries = new LinkedHashMap<>();
    private long next;

    /** A tag's value: its offset in the file, and its bytes. */
    private record Entry(int type, int count, long place, byte[] bytes, ByteOrder order) {

        long number(int index) {
            int size = TYPE_BYTES[type];
            long value = 0;
            for (int i = 0; i < size; i++) {
                int at = order == ByteOrder.BIG_ENDIAN ? i : size - 1 - i;
                value = value << 8 | bytes[index * size + at] & 0xff;
            }
            return value;
        }
    }

    private TiffDirectory() {}

    /**
     * Reads all directories of a file or block.
     *
     * @param in anything
     * @param start offset of TIFF's header, which all offsets count from
     * @return one a picture, in their order; none where there is no such header
     */
    static List<TiffDirectory> readAll(ImageInputStream in, long start) throws IOException {
        List<TiffDirectory> found = new ArrayList<>();
        ByteOrder order = order(in, start);
        if (order == null) {
            return found;
        }
        Set<Long> seen = new HashSet<>();
        long at = unsigned(in, start + 4, order);
        while (at != 0 && found.size() < MAX_DIRECTORIES && seen.add(at)) {
            TiffDirectory directory = read(in, start, at, order);
            if (directory == null) {
                break;
            }
            found.add(directory);
            at = directory.next;
        }
        return found;
    }

    /** Reads a directory that another one refers to, such as Exif's own; null if there is none. */
    static @Nullable TiffDirectory readAt(ImageInputStream in, long start, long offset)
            throws IOException {
        ByteOrder order = order(in, start);
        return order == null || offset <= 0 ? null : read(in, start, offset, order);
    }

    private static @Nullable ByteOrder order(ImageInputStream in, long start) throws IOException {
        byte[] mark = bytes(in, start, 4);
        if (mark == null) {
            return null;
        }
        if (mark[0] == 'I' && mark[1] == 'I' && mark[2] == 42) {
            return ByteOrder.LITTLE_ENDIAN;
        }
        return mark[0] == 'M' && mark[1] == 'M' && mark[3] == 42 ? ByteOrder.BIG_ENDIAN : null;
    }

    private static @Nullable TiffDirectory read(
            ImageInputStream in, long start, long offset, ByteOrder order) throws IOException {
        byte[] size = bytes(in, start + offset, 2);
        if (size == null) {
            return null;
        }
        int count = (int) new Entry(3, 1, 0, size, order).number(0);
        TiffDirectory directory = new TiffDirectory();
        for (int i = 0; i < Math.min(count, MAX_ENTRIES); i++) {
            byte[] raw = bytes(in, start + offset + 2 + (long) i * ENTRY_BYTES, ENTRY_BYTES);
            if (raw == null) {
                return directory;
            }
            directory.add(in, start, start + offset + 2 + (long) i * ENTRY_BYTES, raw, order);
        }
        directory.next = unsigned(in, start + offset + 2 + (long) count * ENTRY_BYTES, order);
        return directory;
    }

    private void add(ImageInputStream in, long start, long place, byte[] raw, ByteOrder order)
            throws IOException {
        Entry header = new Entry(3, 2, place, raw, order);
        int tag = (int) header.number(0);
        int type = (int) header.number(1);
        long count = new Entry(4, 3, place, raw, order).number(1);
        if (type < 1 || type >= TYPE_BYTES.length || count < 1) {
            return;
        }
        long length = count * TYPE_BYTES[type];
        if (length > MAX_VALUE_BYTES) {
            return;
        }
        long at =
                length <= INLINE_BYTES
                        ? place + 8
                        : start + new Entry(4, 3, place, raw, order).number(2);
        byte[] value = bytes(in, at, (int) length);
        if (value != null) {
            entries.putIfAbsent(tag, new Entry(type, (int) count, at, value, order));
        }
    }

    private static long unsigned(ImageInputStream in, long at, ByteOrder order) throws IOException {
        byte[] raw = bytes(in, at, 4);
        return raw == null ? 0 : new Entry(4, 1, at, raw, order).number(0);
    }

    private static byte @Nullable [] bytes(ImageInputStream in, long at, int count)
            throws IOException {
        long length = in.length();
        if (at < 0 || length >= 0 && at + count > length) {
            return null;
        }
        byte[] bytes = new byte[count];
        in.seek(at);
        try {
            in.readFully(bytes);
        } catch (EOFException e) {
            return null;
        }
        return bytes;
    }

    /** Returns whether a tag is there. */
    boolean has(int tag) {
        return entries.containsKey(tag);
    }

    /** Returns a tag's first number, or another where the tag is missing or no whole number. */
    int number(int tag, int fallback) {
        int[] all = numbers(tag);
        return all.length == 0 ? fallback : all[0];
    }

    /** Returns a tag's whole numbers, none where it is missing or of another type. */
    int[] numbers(int tag) {
        Entry entry = entries.get(tag);
        if (entry == null || entry.type() != 1 && entry.type() != 3 && entry.type() != 4) {
            return new int[0];
        }
        int[] numbers = new int[entry.count()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (int) Math.min(Integer.MAX_VALUE, entry.number(i));
        }
        return numbers;
    }

    /** Returns a tag's fractions (type RATIONAL), none where it is missing or of another type. */
    double[] fractions(int tag) {
        Entry entry = entries.get(tag);
        if (entry == null || entry.type() != 5) {
            return new double[0];
        }
        Entry parts = new Entry(4, 2 * entry.count(), 0, entry.bytes(), entry.order());
        double[] fractions = new double[entry.count()];
        for (int i = 0; i < fractions.length; i++) {
            fractions[i] = (double) parts.number(2 * i) / parts.number(2 * i + 1);
        }
        return fractions;
    }

    /** Returns a tag's bytes; null where it is missing. */
    byte @Nullable [] bytes(int tag) {
        Entry entry = entries.get(tag);
        return entry == null ? null : entry.bytes();
    }

    /** Returns the offset of a tag's value in the file; −1 for none. */
    long place(int tag) {
        Entry entry = entries.get(tag);
        return entry == null ? -1 : entry.place();
    }

    /** Returns the orientation, upright where it is absent or invalid. */
    int orientation() {
        int orientation = number(ORIENTATION, Decoded.UPRIGHT);
        return orientation < 1 || orientation > 8 ? Decoded.UPRIGHT : orientation;
    }
}
