package io.zigma.convert;

import io.zigma.convert.PickleBytes.Saved;
import io.zigma.io.SafetensorsType;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The state_dict of a published model as the official program's constructor makes it: names and
 * shapes in their order, written down from its code and flags and not from this program's own
 * networks. Its values are random, for no published weights come with these tests, and computed
 * while they are written, so that a file of gigabytes needs no memory.
 */
public final class OfficialFile {

    private final Map<String, long[]> shapes = new LinkedHashMap<>();

    OfficialFile() {}

    /** Adds a tensor. */
    OfficialFile add(String name, long... sides) {
        if (shapes.putIfAbsent(name, sides) != null) {
            throw new IllegalArgumentException(name + " is there already");
        }
        return this;
    }

    /** Adds a weight (sides) and a bias (first side). */
    OfficialFile layer(String name, long... sides) {
        return add(name + ".weight", sides).add(name + ".bias", sides[0]);
    }

    /**
     * Returns all shapes.
     *
     * @return sides by name, in order
     */
    public Map<String, long[]> shapes() {
        return Collections.unmodifiableMap(shapes);
    }

    /**
     * Counts the numbers.
     *
     * @return of all tensors
     */
    public long elements() {
        return shapes.values().stream().mapToLong(OfficialFile::elements).sum();
    }

    private static long elements(long[] sides) {
        long elements = 1;
        for (long side : sides) {
            elements *= side;
        }
        return elements;
    }

    /**
     * Returns the values of a tensor: uniform, of a spread that keeps sums finite through any
     * number of layers, and the same each time.
     *
     * @param name of the tensor
     * @return in row-major order
     */
    public float[] values(String name) {
        long[] sides = shapes.get(name);
        int elements = Math.toIntExact(elements(sides));
        float spread =
                sides.length == 1
                        ? 0.1f
                        : (float) Math.sqrt(3.0 * sides[0] / Math.max(1, elements));
        // a norm's weight is about 1
        float middle = sides.length == 1 && name.endsWith(".weight") ? 1 : 0;
        SplittableRandom random = new SplittableRandom(name.hashCode());
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = middle + spread * (float) (random.nextInt() * 0x1p-31);
        }
        return values;
    }

    /**
     * Writes the file as {@code torch.save} does.
     *
     * @param file where to
     * @return the file
     * @throws IOException if writing fails
     */
    public Path torch(Path file) throws IOException {
        Map<String, Object> state = new LinkedHashMap<>();
        shapes.forEach(
                (name, sides) ->
                        state.put(name, Saved.floats(Integer.toString(state.size()), sides)));
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.setMethod(ZipOutputStream.STORED);
            put(zip, "archive/data.pkl", PickleBytes.of(state));
            int key = 0;
            for (String name : shapes.keySet()) {
                put(zip, "archive/data/" + key, TorchBytes.floats(values(name)));
                key++;
            }
            put(zip, "archive/version", new byte[] {'3', '\n'});
        }
        return file;
    }

    private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        entry.setCrc(checksum.getValue());
        entry.setSize(bytes.length);
        zip.putNextEntry(entry);
        zip.write(bytes);
    }

    /**
     * Writes a safetensors file.
     *
     * @param file where to
     * @return the file
     * @throws IOException if writing fails
     */
    public Path safetensors(Path file) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        shapes.forEach(
                (name, sides) ->
                        writer.floats(name, SafetensorsType.F32, sides, () -> values(name)));
        writer.write(file);
        return file;
    }
}
