package io.zigma.eval.metric;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An array of NumPy's {@code .npy} format: a magic string and version, a header in Python's
 * notation, the elements (NumPy enhancement proposal 1). Little-endian float32 and float64 in C
 * order are read; float64 is written.
 *
 * @param shape from the outermost side on; empty for a single number
 * @param values as many as the shape multiplies to, row by row
 */
record NpyArray(int[] shape, double[] values) {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int PREFIX_BYTES = MAGIC.length + 2;
    // NumPy itself refuses longer headers
    private static final int MOST_HEADER_BYTES = 10_000;
    private static final int ALIGNMENT = 64;
    private static final int BUFFER_BYTES = 1 << 16;

    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)\\b");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d\\s,]*)\\)");

    NpyArray {
        if (product(shape) != values.length) {
            throw new IllegalArgumentException(
                    "%d values for the shape %s".formatted(values.length, Arrays.toString(shape)));
        }
    }

    /** Returns the number of elements, or −1 where one array cannot hold so many. */
    private static long product(int[] shape) {
        long product = 1;
        for (int side : shape) {
            product *= side;
            if (product > Integer.MAX_VALUE - 8) {
                return -1;
            }
        }
        return product;
    }

    /**
     * Reads an array.
     *
     * @param stream from its first byte to its last
     * @param most no more bytes than this can be there
     * @param where names the array in messages
     * @throws NpyException if it is damaged or of a kind that is not read
     */
    static NpyArray read(InputStream stream, long most, String where) throws IOException {
        try {
            DataInputStream in = new DataInputStream(stream);
            String header = header(in, where);
            String type = find(DESCR, header, "descr", where);
            int width =
                    switch (type) {
                        case "<f8" -> Double.BYTES;
                        case "<f4" -> Float.BYTES;
                        default ->
                                throw new NpyException(
                                        "%s: has elements of type '%s'; only '<f4' and '<f8' are read, convert it with astype"
                                                .formatted(where, type));
                    };
            if (find(ORDER, header, "fortran_order", where).equals("True")) {
                throw new NpyException(
                        "%s: is in Fortran order; save it through numpy.ascontiguousarray"
                                .formatted(where));
            }
            int[] shape = shape(find(SHAPE, header, "shape", where), where);
            long count = product(shape);
            if (count < 0 || count * width > most) {
                throw new NpyException(
                        "%s: says its shape is %s, more than there are bytes for"
                                .formatted(where, Arrays.toString(shape)));
            }
            double[] values = elements(in, (int) count, width);
            if (in.read() >= 0) {
                throw new NpyException(
                        "%s: goes on after the %d elements that it says it has"
                                .formatted(where, count));
            }
            return new NpyArray(shape, values);
        } catch (EOFException e) {
            throw new NpyException("%s: is cut off".formatted(where), e);
        }
    }

    private static String header(DataInputStream in, String where) throws IOException {
        byte[] prefix = new byte[PREFIX_BYTES];
        in.readFully(prefix);
        if (!Arrays.equals(prefix, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new NpyException("%s: does not begin as a .npy array".formatted(where));
        }
        int version = prefix[MAGIC.length];
        if (version < 1 || version > 3) {
            throw new NpyException(
                    "%s: is of .npy version %d; versions 1 to 3 are read"
                            .formatted(where, version));
        }
        long length =
                version == 1
                        ? Short.toUnsignedInt(Short.reverseBytes(in.readShort()))
                        : Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
        if (length > MOST_HEADER_BYTES) {
            throw new NpyException(
                    "%s: has a header of %d bytes; at most %d are read"
                            .formatted(where, length, MOST_HEADER_BYTES));
        }
        byte[] header = new byte[(int) length];
        in.readFully(header);
        return new String(header, StandardCharsets.UTF_8);
    }

    private static String find(Pattern pattern, String header, String key, String where)
            throws NpyException {
        Matcher matcher = pattern.matcher(header);
        if (!matcher.find()) {
            throw new NpyException(
                    "%s: its header has no '%s' that can be read".formatted(where, key));
        }
        return matcher.group(1);
    }

    private static int[] shape(String sides, String where) throws NpyException {
        try {
            return Arrays.stream(sides.split(","))
                    .map(String::strip)
                    .filter(side -> !side.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
        } catch (NumberFormatException e) {
            throw new NpyException(
                    "%s: its header has no 'shape' that can be read".formatted(where), e);
        }
    }

    private static double[] elements(DataInputStream in, int count, int width) throws IOException {
        double[] values = new double[count];
        byte[] bytes = new byte[BUFFER_BYTES];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int done = 0; done < count; ) {
            int some = Math.min(count - done, BUFFER_BYTES / width);
            in.readFully(bytes, 0, some * width);
            for (int i = 0; i < some; i++) {
                values[done + i] =
                        width == Double.BYTES
                                ? buffer.getDouble(i * width)
                                : buffer.getFloat(i * width);
            }
            done += some;
        }
        return values;
    }

    /** Writes the array in float64, version 1.0. */
    void write(OutputStream out) throws IOException {
        out.write(header());
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            if (!buffer.hasRemaining()) {
                out.write(buffer.array());
                buffer.clear();
            }
            buffer.putDouble(value);
        }
        out.write(buffer.array(), 0, buffer.position());
    }

    /** Returns how many bytes {@link #write} writes. */
    long bytes() {
        return header().length + (long) Double.BYTES * values.length;
    }

    /** Makes the header, padded so that the elements begin at a multiple of 64 bytes. */
    private byte[] header() {
        String sides =
                Arrays.stream(shape).mapToObj(side -> side + ",").collect(Collectors.joining(" "));
        String text = "{'descr': '<f8', 'fortran_order': False, 'shape': (%s), }".formatted(sides);
        int before = PREFIX_BYTES + Short.BYTES;
        int total = (before + text.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer header = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
        header.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (total - before));
        header.put(text.getBytes(StandardCharsets.US_ASCII));
        while (header.position() < total - 1) {
            header.put((byte) ' ');
        }
        return header.put((byte) '\n').array();
    }
}
