package io.zigma.checkpoint;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import com.google.gson.JsonObject;
import io.zigma.io.AtomicFile;
import io.zigma.io.CheckpointException;
import io.zigma.io.ContentHash;
import io.zigma.io.Fields;
import io.zigma.io.JsonText;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The format of a folder that holds one network: a file of weights, and a description, {@code
 * config.json}, which names the format and contains the hash of the weights. The description is
 * written last.
 *
 * @param name value of the description's field {@code format}
 * @param version of the format: 1 to this can be read, this is written
 * @param network what such a folder holds, for refusals: {@code codec}
 * @param maker what makes one, for refusals
 * @param weights name of the file of weights
 */
public record NetworkFormat(
        String name, int version, String network, String maker, String weights) {

    /** Name of the description. */
    public static final String CONFIG = "config.json";

    private static final String WEIGHTS_HASH = "weights_sha256";

    /**
     * Returns whether a folder is of this format, by its description.
     *
     * @param folder any folder, or a path where there is none
     * @return true if it is, valid or not
     * @throws IOException if the description cannot be read
     */
    public boolean isIn(Path folder) throws IOException {
        Path file = folder.resolve(CONFIG);
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try {
            return Fields.read(file).isOf(name);
        } catch (CheckpointException e) {
            return false;
        }
    }

    /**
     * Reads a description.
     *
     * @param folder that holds it
     * @param fields names of all fields there may be, beside format, version and hash of the
     *     weights
     * @return the description
     * @throws CheckpointException if the folder is missing, or of another format or a newer version
     * @throws IOException if the description cannot be read
     */
    public Fields read(Path folder, String... fields) throws IOException {
        Path file = folder.resolve(CONFIG);
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(
                    Files.isDirectory(folder)
                            ? "%s holds no %s: it has no %s (%s makes one)"
                                    .formatted(folder, network, CONFIG, maker)
                            : "there is no folder %s".formatted(folder));
        }
        Fields json = Fields.read(file);
        if (!json.isOf(name)) {
            throw new CheckpointException(
                    "%s holds no %s: its %s is of another format (%s makes one)"
                            .formatted(folder, network, CONFIG, maker));
        }
        json.requireFormat("a " + network, name, version);
        return json.only(
                Stream.concat(Stream.of("format", "version", WEIGHTS_HASH), Stream.of(fields))
                        .toArray(String[]::new));
    }

    /**
     * Returns the hash of the weights that a description contains.
     *
     * @param description that was read
     * @return SHA-256 in 64 hexadecimal digits
     * @throws CheckpointException if there is none
     */
    public static String weightsHash(Fields description) throws CheckpointException {
        return description.text(WEIGHTS_HASH);
    }

    /**
     * Writes the weights, before the description; an older file is replaced.
     *
     * @param folder an existing folder
     * @param tensors all tensors of the network
     * @return SHA-256 of the file in 64 hexadecimal digits
     * @throws IOException if writing fails
     */
    public String writeWeights(Path folder, SafetensorsWriter tensors) throws IOException {
        Path file = folder.resolve(weights);
        tensors.metadata("format", name).write(file);
        return ContentHash.ofFile(file);
    }

    /**
     * Describes a network.
     *
     * @param own what is between the format, which comes first, and the hash, which comes last
     * @param weightsHash SHA-256 of the weights
     * @return the whole description
     */
    public JsonObject description(JsonObject own, String weightsHash) {
        JsonObject json = new JsonObject();
        json.addProperty("format", name);
        json.addProperty("version", version);
        own.asMap().forEach(json::add);
        json.addProperty(WEIGHTS_HASH, weightsHash);
        return json;
    }

    /**
     * Writes the description; an older one is replaced.
     *
     * @param folder that holds the weights already
     * @param description of {@link #description}
     * @throws IOException if writing fails
     */
    public static void writeDescription(Path folder, JsonObject description) throws IOException {
        AtomicFile.writeText(folder.resolve(CONFIG), JsonText.of(description));
    }

    /**
     * Reads the weights into a network.
     *
     * @param folder that holds them
     * @param weightsHash SHA-256 according to the description
     * @param parameters those of the network, by the names of the tensors; their shapes are known
     * @param manager on the device of the values; closed if they cannot be read
     * @param initialised initialises the network and returns what owns the manager then
     * @param <T> what is loaded
     * @return that
     * @throws CheckpointException if the weights are missing, damaged, or not those of the network
     * @throws IOException if they cannot be read
     */
    public <T> T load(
            Path folder,
            String weightsHash,
            Map<String, Parameter> parameters,
            NDManager manager,
            Function<NDManager, T> initialised)
            throws IOException {
        try (SafetensorsFile file =
                WeightsFile.open(folder.resolve(weights), CONFIG, weightsHash, parameters)) {
            WeightsFile.feed(file, parameters);
            return initialised.apply(manager);
        } catch (UncheckedIOException e) {
            manager.close();
            throw e.getCause();
        } catch (IOException | RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }
}
