package io.zigma.eval.npz;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes NumPy files of types that the program itself only reads. */
public final class TestArrays {

    private TestArrays() {}

    /**
     * Makes an array.
     *
     * @param descr type and byte order, such as {@code >f8}
     * @param columnsFirst whether it is in Fortran order
     * @param shape as Python writes it, such as {@code (2, 3)}
     * @param elements the bytes
     * @return all of its bytes
     */
    public static byte[] npy(String descr, boolean columnsFirst, String shape, byte[] elements) {
        String header =
                "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }"
                        .formatted(descr, columnsFirst ? "True" : "False", shape);
        ByteBuffer buffer =
                ByteBuffer.allocate(10 + header.length() + elements.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        buffer.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        buffer.putShort((short) header.length());
        buffer.put(header.getBytes(StandardCharsets.US_ASCII));
        return buffer.put(elements).array();
    }

    /**
     * Writes an archive.
     *
     * @param file where
     * @param arrays by name
     * @return the file
     * @throws IOException if writing fails
     */
    public static Path npz(Path file, Map<String, byte[]> arrays) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
                zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                zip.write(array.getValue());
                zip.closeEntry();
            }
        }
        return file;
    }

    /**
     * Returns the bytes of float64 values.
     *
     * @param order of the bytes
     * @param values in their order
     * @return eight times as many bytes
     */
    public static byte[] doubles(ByteOrder order, double... values) {
        ByteBuffer buffer = ByteBuffer.allocate(Double.BYTES * values.length).order(order);
        for (double value : values) {
            buffer.putDouble(value);
        }
        return buffer.array();
    }
}
