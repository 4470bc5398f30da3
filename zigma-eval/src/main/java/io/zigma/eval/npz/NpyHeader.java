package io.zigma.eval.npz;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header before the elements of a {@code .npy} array: a magic string and version, then a
 * dictionary in Python's notation (NumPy enhancement proposal 1).
 *
 * @param type of the elements and the order of their bytes
 * @param columnsFirst whether the first index varies fastest (Fortran order)
 * @param shape from the outermost side on; empty for a single number
 */
record NpyHeader(NpyType.Ordered type, boolean columnsFirst, int[] shape) {

    static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    static final int PREFIX_BYTES = MAGIC.length + 2;

    // NumPy itself refuses longer headers
    private static final int MOST_HEADER_BYTES = 10_000;

    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)\\b");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d\\s,]*)\\)");

    /**
     * Reads a header.
     *
     * @param in from the first byte of the array; afterwards at its first element
     * @param most no more bytes than this can be there
     * @param where names the array in messages
     * @throws NpyException if it is damaged or of a kind that is not read
     */
    static NpyHeader read(DataInputStream in, long most, String where) throws IOException {
        String text = text(in, where);
        NpyType.Ordered type = NpyType.of(find(DESCR, text, "descr", where), where);
        boolean columnsFirst = find(ORDER, text, "fortran_order", where).equals("True");
        int[] shape = shape(find(SHAPE, text, "shape", where), where);
        long count = product(shape);
        if (count < 0 || count * type.type().width() > most) {
            throw new NpyException(
                    "%s: says its shape is %s, more than there are bytes for"
                            .formatted(where, Arrays.toString(shape)));
        }
        return new NpyHeader(type, columnsFirst, shape);
    }

    /** Returns the number of elements, or −1 where one array cannot hold so many. */
    static long product(int[] shape) {
        long product = 1;
        for (int side : shape) {
            product *= side;
            if (product > Integer.MAX_VALUE - 8) {
                return -1;
            }
        }
        return product;
    }

    /** Returns the number of elements. */
    int count() {
        return (int) product(shape);
    }

    /**
     * Visits the row-major indices of the elements, in their order in the file.
     *
     * @param place receives the row-major index of each element of the file
     */
    void visit(IntConsumer place) {
        int count = count();
        if (!columnsFirst || shape.length < 2) {
            for (int i = 0; i < count; i++) {
                place.accept(i);
            }
            return;
        }
        int[] strides = new int[shape.length];
        int stride = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= shape[i];
        }
        int[] index = new int[shape.length];
        int at = 0;
        for (int i = 0; i < count; i++) {
            place.accept(at);
            // the first index is incremented first; a full one is reset and carries to the next
            for (int side = 0; side < shape.length; side++) {
                at += strides[side];
                if (++index[side] < shape[side]) {
                    break;
                }
                at -= strides[side] * shape[side];
                index[side] = 0;
            }
        }
    }

    private static String text(DataInputStream in, String where) throws IOException {
        byte[] prefix = new byte[PREFIX_BYTES];
        in.readFully(prefix);
        if (!Arrays.equals(prefix, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new NpyException("%s: does not begin as a .npy array".formatted(where));
        }
        int version = prefix[MAGIC.length];
        if (version < 1 || version > 3) {
            throw new NpyException(
                    "%s: is of .npy version %s; versions 1 to 3 are read"
                            .formatted(where, version));
        }
        long length =
                version == 1
                        ? Short.toUnsignedInt(Short.reverseBytes(in.readShort()))
                        : Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
        if (length > MOST_HEADER_BYTES) {
            throw new NpyException(
                    "%s: has a header of %s bytes; at most %s are read"
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
}
