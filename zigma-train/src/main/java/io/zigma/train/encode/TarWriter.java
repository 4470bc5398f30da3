package io.zigma.train.encode;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Writes a tar file of POSIX.1-1988 (ustar) whose bytes depend on nothing but names and contents:
 * no times, no owners.
 */
final class TarWriter {

    private static final int RECORD = 512;
    private static final int NAME_BYTES = 100;
    private static final int SUM_AT = 148;

    private final OutputStream out;

    /**
     * Begins a file.
     *
     * @param out takes the bytes; the caller closes it
     */
    TarWriter(OutputStream out) {
        this.out = out;
    }

    /**
     * Adds a file.
     *
     * @param name of up to 100 bytes of ASCII
     * @param content all of it
     * @throws IOException if it cannot be written
     */
    void add(String name, byte[] content) throws IOException {
        byte[] header = new byte[RECORD];
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length > NAME_BYTES) {
            throw new IllegalArgumentException("a name has up to 100 bytes: " + name);
        }
        System.arraycopy(bytes, 0, header, 0, bytes.length);
        octal(header, 100, 8, 0644); // mode
        octal(header, 108, 8, 0); // owner
        octal(header, 116, 8, 0); // group
        octal(header, 124, 12, content.length);
        octal(header, 136, 12, 0); // time
        header[156] = '0';
        put(header, 257, "ustar\00000");
        Arrays.fill(header, SUM_AT, SUM_AT + 8, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, SUM_AT, String.format(Locale.ROOT, "%06o\0 ", sum));
        out.write(header);
        out.write(content);
        out.write(new byte[Math.floorMod(-content.length, RECORD)]);
    }

    /**
     * Writes the two empty records at the end.
     *
     * @throws IOException if they cannot be written
     */
    void finish() throws IOException {
        out.write(new byte[2 * RECORD]);
    }

    private static void octal(byte[] header, int at, int width, long value) {
        put(header, at, String.format(Locale.ROOT, "%0" + (width - 1) + "o\0", value));
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
