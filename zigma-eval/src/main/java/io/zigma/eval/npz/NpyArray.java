package io.zigma.eval.npz;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * An array of NumPy's {@code .npy} format. Real and whole numbers of either byte order are read, in
 * C or Fortran order; float64 in C order is written.
 *
 * @param shape from the outermost side on; empty for a single number
 * @param values as many as the shape multiplies to, row by row
 * @param real whether the file's elements have fractions
 * @param rounding by which part of an element rounding may have changed it when it was written
 */
public record NpyArray(int[] shape, double[] values, boolean real, double rounding) {

    private static final int ALIGNMENT = 64;
    private static final int BUFFER_BYTES = 1 << 16;

    /**
     * Checks the number of elements.
     *
     * @throws IllegalArgumentException if the shape has another
     */
    public NpyArray {
        if (NpyHeader.product(shape) != values.length) {
            throw new IllegalArgumentException(
                    "%s values for the shape %s".formatted(values.length, Arrays.toString(shape)));
        }
    }

    /**
     * Takes float64 values.
     *
     * @param shape from the outermost side on
     * @param values row by row
     */
    public NpyArray(int[] shape, double[] values) {
        this(shape, values, true, 0);
    }

    /**
     * Bytes of NumPy's type uint8, such as pictures.
     *
     * @param shape from the outermost side on
     * @param values row by row
     */
    public record Bytes(int[] shape, byte[] values) {}

    /**
     * Reads an array.
     *
     * @param stream from its first byte to its last
     * @param most no more bytes than this can be there
     * @param where names the array in messages
     * @return its numbers
     * @throws NpyException if it is damaged or of a kind that is not read
     * @throws IOException if reading fails
     */
    public static NpyArray read(InputStream stream, long most, String where) throws IOException {
        try {
            DataInputStream in = new DataInputStream(stream);
            NpyHeader header = NpyHeader.read(in, most, where);
            double[] values = new double[header.count()];
            Elements elements = new Elements(in, header.type(), values.length);
            try {
                header.visit(place -> values[place] = elements.next());
            } catch (Elements.Interrupted e) {
                throw e.reason();
            }
            requireEnd(in, values.length, where);
            NpyType type = header.type().type();
            return new NpyArray(header.shape(), values, type.real(), type.rounding());
        } catch (EOFException e) {
            throw new NpyException("%s: is cut off".formatted(where), e);
        }
    }

    /**
     * Reads an array of bytes.
     *
     * @param stream from its first byte to its last
     * @param most no more bytes than this can be there
     * @param where names the array in messages
     * @return its bytes
     * @throws NpyException if it is damaged or of another type than uint8
     * @throws IOException if reading fails
     */
    static Bytes readBytes(InputStream stream, long most, String where) throws IOException {
        try {
            DataInputStream in = new DataInputStream(stream);
            NpyHeader header = NpyHeader.read(in, most, where);
            if (header.type().type() != NpyType.UINT8) {
                throw new NpyException(
                        "%s: has elements of type %s, not uint8 with levels from 0 to 255"
                                .formatted(
                                        where,
                                        header.type().type().name().toLowerCase(Locale.ROOT)));
            }
            byte[] stored = new byte[header.count()];
            in.readFully(stored);
            requireEnd(in, stored.length, where);
            if (!header.columnsFirst()) {
                return new Bytes(header.shape(), stored);
            }
            byte[] values = new byte[stored.length];
            int[] next = {0};
            header.visit(place -> values[place] = stored[next[0]++]);
            return new Bytes(header.shape(), values);
        } catch (EOFException e) {
            throw new NpyException("%s: is cut off".formatted(where), e);
        }
    }

    private static void requireEnd(DataInputStream in, int count, String where) throws IOException {
        if (in.read() >= 0) {
            throw new NpyException(
                    "%s: continues after the %s elements of its header".formatted(where, count));
        }
    }

    /** Reads elements one after another through a buffer. */
    private static final class Elements {

        private final DataInputStream in;
        private final NpyType type;
        private final byte[] bytes = new byte[BUFFER_BYTES];
        private final ByteBuffer buffer;
        private long left;
        private int at;
        private int end;

        Elements(DataInputStream in, NpyType.Ordered ordered, int count) {
            this.in = in;
            this.type = ordered.type();
            this.buffer = ByteBuffer.wrap(bytes).order(ordered.order());
            this.left = (long) count * type.width();
        }

        /** A failure to read, through code that throws none. */
        @SuppressWarnings("serial")
        static final class Interrupted extends RuntimeException {

            private final IOException reason;

            Interrupted(IOException reason) {
                super(reason);
                this.reason = reason;
            }

            IOException reason() {
                return reason;
            }
        }

        double next() {
            if (at == end) {
                end = (int) Math.min(left, BUFFER_BYTES);
                try {
                    in.readFully(bytes, 0, end);
                } catch (IOException e) {
                    throw new Interrupted(e);
                }
                left -= end;
                at = 0;
            }
            double value = type.at(buffer, at);
            at += type.width();
            return value;
        }
    }

    /**
     * Writes the array in float64, version 1.0.
     *
     * @param out where to
     * @throws IOException if writing fails
     */
    public void write(OutputStream out) throws IOException {
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

    /**
     * Returns how many bytes {@link #write} writes.
     *
     * @return header and elements
     */
    public long bytes() {
        return header().length + (long) Double.BYTES * values.length;
    }

    /** Makes the header, padded so that the elements begin at a multiple of 64 bytes. */
    private byte[] header() {
        String sides =
                Arrays.stream(shape).mapToObj(side -> side + ",").collect(Collectors.joining(" "));
        String text = "{'descr': '<f8', 'fortran_order': False, 'shape': (%s), }".formatted(sides);
        int before = NpyHeader.PREFIX_BYTES + Short.BYTES;
        int total = (before + text.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer header = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
        header.put(NpyHeader.MAGIC).put((byte) 1).put((byte) 0).putShort((short) (total - before));
        header.put(text.getBytes(StandardCharsets.US_ASCII));
        while (header.position() < total - 1) {
            header.put((byte) ' ');
        }
        return header.put((byte) '\n').array();
    }
}
