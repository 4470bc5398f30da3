package io.zigma.testing;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.io.SafetensorsFile;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * One golden fixture: its description and its tensors, read when asked for.
 *
 * <p>Tensor names begin with {@code param.}, {@code in.}, {@code out.}, {@code mid.}, {@code grad.}
 * or {@code grad_in.}. The placeholder for a missing fixture skips the test at its first use.
 */
public final class Fixture {

    private final String name;
    private final @Nullable Path json;
    private final String reason;

    private Fixture(String name, @Nullable Path json, String reason) {
        this.name = name;
        this.json = json;
        this.reason = reason;
    }

    static Fixture of(Path json) {
        String file = json.getFileName().toString();
        return new Fixture(file.substring(0, file.lastIndexOf('.')), json, "");
    }

    static Fixture missing(String kind, String reason) {
        return new Fixture("no fixture of kind " + kind, null, reason);
    }

    /**
     * Returns the name, for display only; nothing may depend on it.
     *
     * @return the file name without its ending
     */
    public String name() {
        return name;
    }

    /**
     * Returns the whole description.
     *
     * @return the json's root object
     */
    public JsonObject json() {
        try (Reader reader = Files.newBufferedReader(file())) {
            return JsonParser.parseReader(reader).getAsJsonObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns what the official code was constructed with.
     *
     * @return the description's {@code config}, empty where it has none
     */
    public JsonObject config() {
        JsonObject json = json();
        return json.has("config") ? json.getAsJsonObject("config") : new JsonObject();
    }

    /**
     * Returns a file beside the description.
     *
     * @param fileName its whole name, as the description gives it
     * @return its path, whether it exists or not
     */
    public Path sibling(String fileName) {
        return file().resolveSibling(fileName);
    }

    /**
     * Returns the names of the tensors that begin alike.
     *
     * @param prefix how they begin, {@code param.}; empty for all tensors
     * @return the names in the order of the data
     */
    public List<String> names(String prefix) {
        return read(file -> file.names().stream().filter(n -> n.startsWith(prefix)).toList());
    }

    /**
     * Returns whether there is a tensor of that name.
     *
     * @param tensor the whole name
     * @return true if there is
     */
    public boolean has(String tensor) {
        return read(file -> file.names().contains(tensor));
    }

    /**
     * Reads a floating-point tensor.
     *
     * @param tensor the whole name
     * @return its elements in row-major order
     */
    public float[] floats(String tensor) {
        return read(file -> file.floats(tensor));
    }

    /**
     * Reads a floating-point tensor in double precision.
     *
     * @param tensor the whole name
     * @return its elements in row-major order
     */
    public double[] doubles(String tensor) {
        return read(file -> file.doubles(tensor));
    }

    /**
     * Reads an integer tensor.
     *
     * @param tensor the whole name
     * @return its elements in row-major order
     */
    public long[] longs(String tensor) {
        return read(file -> file.longs(tensor));
    }

    /**
     * Returns the sides of a tensor.
     *
     * @param tensor the whole name
     * @return from the outermost on, empty for a scalar
     */
    public long[] shape(String tensor) {
        return read(file -> file.shape(tensor));
    }

    /**
     * Reads a floating-point tensor into an engine array in double precision.
     *
     * @param manager owner of the result
     * @param tensor the whole name
     * @return float64, in its shape
     */
    public NDArray doubleArray(NDManager manager, String tensor) {
        return manager.create(doubles(tensor), new Shape(shape(tensor)));
    }

    /**
     * Reads a tensor into an engine array.
     *
     * @param manager owner of the result
     * @param tensor the whole name
     * @return float32 or int64, in its shape
     */
    public NDArray array(NDManager manager, String tensor) {
        return read(file -> file.read(manager, tensor));
    }

    @Override
    public String toString() {
        return name;
    }

    private Path file() {
        return json == null ? Assumptions.abort(reason) : json;
    }

    private <T> T read(Reading<T> reading) {
        try (SafetensorsFile file = SafetensorsFile.open(sibling(name + ".safetensors"))) {
            return reading.from(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @FunctionalInterface
    private interface Reading<T> {
        T from(SafetensorsFile file) throws IOException;
    }
}
