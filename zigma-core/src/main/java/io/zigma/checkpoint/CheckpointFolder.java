package io.zigma.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.zigma.backbone.Backbone;
import io.zigma.io.AtomicFile;
import io.zigma.io.CheckpointException;
import io.zigma.io.ContentHash;
import io.zigma.io.Fields;
import io.zigma.io.HalfPrecision;
import io.zigma.io.JsonText;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsType;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder that holds a trained model: {@code config.json} and {@code model.safetensors}, and
 * {@code serving.properties} for DJL.
 *
 * <p>The weights are written first and {@code config.json}, which contains their hash, last: a
 * folder without it is not a checkpoint, and weights that were exchanged or damaged later are
 * detected.
 */
public final class CheckpointFolder {

    /** Name of the file that describes the model. */
    public static final String CONFIG = "config.json";

    /** Name of the file that holds the weights under their official names. */
    public static final String WEIGHTS = "model.safetensors";

    /** Name of the model card, which a checkpoint may have. */
    public static final String CARD = "README.md";

    /** Name of the file of recorded inputs and outputs, which a checkpoint may have. */
    public static final String REFERENCE = "reference.safetensors";

    private static final String FORMAT = "zigma-checkpoint";
    private static final int VERSION = 2;
    private static final String WEIGHTS_HASH = "weights_sha256";

    private final Path folder;
    private final CheckpointConfig config;
    private final String weightsHash;

    private CheckpointFolder(Path folder, CheckpointConfig config, String weightsHash) {
        this.folder = folder;
        this.config = config;
        this.weightsHash = weightsHash;
    }

    /**
     * Reads the description of a checkpoint.
     *
     * @param folder the checkpoint's folder
     * @return the checkpoint, its weights not yet read
     * @throws CheckpointException if the folder is missing or holds no valid {@code config.json}
     * @throws IOException if reading fails
     */
    public static CheckpointFolder open(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new CheckpointException(
                    Files.exists(folder)
                            ? "%s is a file; give the folder that holds %s"
                                    .formatted(folder, CONFIG)
                            : "there is no folder %s".formatted(folder));
        }
        Path file = folder.resolve(CONFIG);
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(
                    "%s is not a checkpoint folder: it has no %s".formatted(folder, CONFIG));
        }
        Fields json = upgraded(Fields.read(file));
        try {
            return new CheckpointFolder(folder, ConfigJson.read(json), json.text(WEIGHTS_HASH));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** Upgrades a description of any version to the present one. */
    private static Fields upgraded(Fields json) throws CheckpointException {
        int version = json.requireFormat("a ZigMa checkpoint", FORMAT, VERSION);
        if (version == 1) {
            return ConfigUpgrade.fromVersion1(json);
        }
        List<String> known = new ArrayList<>(ConfigJson.FIELDS);
        known.addAll(List.of("format", "version", WEIGHTS_HASH));
        return json.only(known.toArray(String[]::new));
    }

    /**
     * Returns whether a text is the description of a checkpoint, valid or not, by its field {@code
     * format}.
     *
     * @param json the text of a file named {@code config.json}
     * @return true if it is a JSON object of this format
     */
    public static boolean isDescription(String json) {
        try {
            return JsonParser.parseString(json) instanceof JsonObject object
                    && object.get("format") instanceof JsonPrimitive format
                    && format.getAsString().equals(FORMAT);
        } catch (JsonParseException | StackOverflowError e) {
            return false;
        }
    }

    /**
     * Returns whether a folder has the description of a checkpoint.
     *
     * @param folder any folder
     * @return true if it has one, valid or not
     */
    public static boolean isIn(Path folder) {
        Path config = folder.resolve(CONFIG);
        try {
            return Files.isRegularFile(config)
                    && Files.size(config) <= Fields.LARGEST_FILE
                    && isDescription(Files.readString(config));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Writes a checkpoint; an older one in the same folder is replaced file by file, and outputs
     * that were recorded with it are removed.
     *
     * @param folder an existing folder
     * @param config the description
     * @param weights all parameters of the model by official name, float32
     * @param precision F32, or F16 or BF16 for half the size
     * @return the new checkpoint
     * @throws IOException if writing fails
     */
    public static CheckpointFolder write(
            Path folder,
            CheckpointConfig config,
            Map<String, NDArray> weights,
            SafetensorsType precision)
            throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        weights.forEach(
                (name, array) ->
                        writer.floats(
                                name, precision, array.getShape().getShape(), array::toFloatArray));
        return write(folder, config, writer);
    }

    /**
     * Writes a checkpoint whose weights are read or computed only then, as above.
     *
     * @param folder an existing folder
     * @param config the description
     * @param weights has all parameters of the model by official name
     * @return the new checkpoint
     * @throws IOException if writing fails
     */
    public static CheckpointFolder write(
            Path folder, CheckpointConfig config, SafetensorsWriter weights) throws IOException {
        Path file = folder.resolve(WEIGHTS);
        Files.deleteIfExists(folder.resolve(REFERENCE)); // other weights have other outputs
        weights.metadata("format", FORMAT).write(file);
        String hash = ContentHash.ofFile(file);
        AtomicFile.writeText(folder.resolve(ServingProperties.NAME), ServingProperties.text());
        JsonObject json = new JsonObject();
        json.addProperty("format", FORMAT);
        json.addProperty("version", VERSION);
        ConfigJson.write(config, json);
        json.addProperty(WEIGHTS_HASH, hash);
        AtomicFile.writeText(folder.resolve(CONFIG), JsonText.of(json));
        return new CheckpointFolder(folder, config, hash);
    }

    /**
     * Exports what is needed to use this checkpoint: description, weights, and the model card with
     * its images where there are any; nothing that only training needs.
     *
     * <p>Nothing in the folder changes until all is written; an older checkpoint in it is then
     * replaced, outputs that were recorded with it and its card are removed, and other files stay.
     * The engine is not needed.
     *
     * @param target not this folder; made if it is not there
     * @param precision F32, or F16 or BF16 for half the size
     * @return the new checkpoint
     * @throws IOException if the weights are missing or damaged, one is too large for the
     *     precision, or writing fails
     */
    public CheckpointFolder exportTo(Path target, SafetensorsType precision) throws IOException {
        return exportTo(target, precision, config.sampling(), written -> {});
    }

    /** Adds files to an exported checkpoint before it is moved to its folder. */
    @FunctionalInterface
    public interface Finish {

        /**
         * Adds the files.
         *
         * @param written the checkpoint in its temporary folder
         * @throws IOException to cancel the export
         */
        void add(CheckpointFolder written) throws IOException;
    }

    /**
     * Exports with sampling defaults of its own: the best ones are known only after training.
     *
     * @param target as above
     * @param precision as above
     * @param sampling the default sampler, steps and guidance
     * @param finish adds the rest, such as recorded outputs
     * @return the new checkpoint
     * @throws IOException as above
     */
    public CheckpointFolder exportTo(
            Path target,
            SafetensorsType precision,
            CheckpointConfig.SamplingDefaults sampling,
            Finish finish)
            throws IOException {
        try (SafetensorsFile weights = openWeights(config.model().create(0))) {
            SafetensorsWriter writer = new SafetensorsWriter();
            for (String name : weights.names()) {
                writer.floats(
                        name,
                        precision,
                        weights.shape(name),
                        () -> floats(weights, name, precision));
            }
            try (Staging staging = Staging.in(target)) {
                for (Path file : cardAndPictures()) {
                    byte[] bytes = Files.readAllBytes(file);
                    AtomicFile.write(
                            staging.folder().resolve(file.getFileName()),
                            channel -> Channels.newOutputStream(channel).write(bytes));
                }
                CheckpointConfig described = config.withSampling(sampling);
                CheckpointFolder written = write(staging.folder(), described, writer);
                finish.add(written);
                staging.publish();
                return new CheckpointFolder(target, described, written.weightsHash());
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Copies description and weights byte for byte, so that the copy has the same hash.
     *
     * @param target not this folder; made if it is not there
     * @return the copy
     * @throws IOException if a file cannot be read or written
     */
    public CheckpointFolder copyTo(Path target) throws IOException {
        try (Staging staging = Staging.in(target)) {
            for (String name : List.of(CONFIG, WEIGHTS)) {
                Files.copy(folder.resolve(name), staging.folder().resolve(name));
            }
            staging.publish();
        }
        return open(target);
    }

    private List<Path> cardAndPictures() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(
                            file ->
                                    file.endsWith(CARD)
                                            || file.getFileName().toString().endsWith(".png"))
                    .sorted()
                    .toList();
        }
    }

    /**
     * Returns where the checkpoint is.
     *
     * @return the folder as it was given
     */
    public Path path() {
        return folder;
    }

    /**
     * Returns the description.
     *
     * @return the content of {@code config.json}
     */
    public CheckpointConfig config() {
        return config;
    }

    /**
     * Returns the hash of the weights file.
     *
     * @return SHA-256 in 64 hexadecimal digits, as in {@code config.json}
     */
    public String weightsHash() {
        return weightsHash;
    }

    /**
     * Builds the model and reads its weights.
     *
     * @param manager owns the parameters
     * @return the model with its weights as float32
     * @throws IOException if the weights are missing, damaged, or do not fit the description
     */
    public Backbone loadModel(NDManager manager) throws IOException {
        Backbone model = config.model().create(0);
        try (SafetensorsFile weights = openWeights(model)) {
            WeightsFile.feed(weights, model.namedParameters());
            model.initialize(manager);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return model;
    }

    /** Opens the weights after checking that they are this model's and unchanged. */
    private SafetensorsFile openWeights(Backbone model) throws IOException {
        return WeightsFile.open(
                folder.resolve(WEIGHTS), CONFIG, weightsHash, model.namedParameters());
    }

    private static float[] floats(SafetensorsFile weights, String name, SafetensorsType precision) {
        float[] values = WeightsFile.values(weights, name);
        for (float value : values) {
            if (precision == SafetensorsType.F16 && Math.abs(value) > HalfPrecision.LARGEST_HALF) {
                throw new UncheckedIOException(
                        new CheckpointException(
                                "%s: tensor %s holds %s, beyond the range of float16; use bf16 or f32"
                                        .formatted(weights.path(), name, value)));
            }
        }
        return values;
    }
}
