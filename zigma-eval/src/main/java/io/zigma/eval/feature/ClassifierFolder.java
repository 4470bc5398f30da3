package io.zigma.eval.feature;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.zigma.checkpoint.NetworkFormat;
import io.zigma.engine.EngineStart;
import io.zigma.io.AtomicFile;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A folder that holds a trained classifier: {@code config.json}, {@code model.safetensors} and a
 * card.
 *
 * <p>As with a model's checkpoint the description is written last and contains the hash of the
 * weights.
 *
 * @param path the folder
 * @param config the network's shape
 * @param facts what people will want to know
 * @param weightsHash SHA-256 of the weights file
 */
public record ClassifierFolder(
        Path path, ClassifierConfig config, ClassifierFacts facts, String weightsHash) {

    /** Name of the file that describes the classifier. */
    public static final String CONFIG = NetworkFormat.CONFIG;

    /** Name of the file that holds the weights. */
    public static final String WEIGHTS = "model.safetensors";

    /** Name of the card. */
    public static final String CARD = "README.md";

    /** The value of the field {@code format} in {@code config.json}. */
    public static final String FORMAT = "zigma-classifier";

    private static final NetworkFormat FOLDER =
            new NetworkFormat(FORMAT, 1, "classifier", "zigma train-classifier", WEIGHTS);

    private static final Gson GSON = new Gson();

    /**
     * Returns whether a folder holds a classifier, by the format of its description.
     *
     * @param folder any folder, or a path where there is none
     * @return true for a classifier, which may still be damaged
     * @throws IOException if the description cannot be read
     */
    public static boolean isIn(Path folder) throws IOException {
        return FOLDER.isIn(folder);
    }

    /**
     * Reads the description of a classifier.
     *
     * @param folder the classifier's folder
     * @return the folder, its weights not yet read
     * @throws CheckpointException if there is no classifier in it
     * @throws IOException if reading fails
     */
    public static ClassifierFolder open(Path folder) throws IOException {
        Fields json = FOLDER.read(folder, "network", "labels", "accuracy", "training", "data");
        Fields network = json.object("network");
        network.only("frames", "channels", "height", "width", "widths");
        try {
            return new ClassifierFolder(
                    folder,
                    new ClassifierConfig(
                            network.json().has("frames") ? network.integer("frames") : 0,
                            network.integer("channels"),
                            network.integer("height"),
                            network.integer("width"),
                            network.integers("widths"),
                            json.texts("labels")),
                    new ClassifierFacts(
                            json.object("accuracy").json(),
                            json.object("training").json(),
                            json.object("data").json()),
                    NetworkFormat.weightsHash(json));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(
                    "%s: %s".formatted(folder.resolve(CONFIG), e.getMessage()), e);
        }
    }

    /**
     * Writes a classifier; an older one in the same folder is replaced file by file.
     *
     * @param folder an existing folder
     * @param config the network's shape
     * @param facts what people will want to know
     * @param weights all values of the network by name, float32
     * @param card text of the README
     * @return the new folder
     * @throws IOException if writing fails
     */
    public static ClassifierFolder write(
            Path folder,
            ClassifierConfig config,
            ClassifierFacts facts,
            Map<String, NDArray> weights,
            String card)
            throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        weights.forEach(writer::array);
        String hash = FOLDER.writeWeights(folder, writer);
        AtomicFile.writeText(folder.resolve(CARD), card);
        ClassifierFolder written = new ClassifierFolder(folder, config, facts, hash);
        NetworkFormat.writeDescription(folder, written.json());
        return written;
    }

    /**
     * Returns the description.
     *
     * @return the content of {@code config.json}
     */
    public JsonObject json() {
        JsonObject network = new JsonObject();
        if (config.frames() > 0) {
            network.addProperty("frames", config.frames());
        }
        network.addProperty("channels", config.channels());
        network.addProperty("height", config.height());
        network.addProperty("width", config.width());
        network.add("widths", GSON.toJsonTree(config.widths()));
        JsonObject json = new JsonObject();
        json.add("network", network);
        json.add("labels", GSON.toJsonTree(config.labels()));
        json.add("accuracy", facts.accuracy());
        json.add("training", facts.training());
        json.add("data", facts.data());
        return FOLDER.description(json, weightsHash);
    }

    /**
     * Reads the weights.
     *
     * @param device where to compute
     * @return the classifier, to be closed
     * @throws IOException if the weights are missing, damaged, or do not fit the description
     */
    public Classifier load(Device device) throws IOException {
        ConvolutionalNetwork network = new ConvolutionalNetwork(config);
        return FOLDER.load(
                path,
                weightsHash,
                network.namedParameters(),
                EngineStart.newManager(device),
                manager -> {
                    network.namedParameters().values().forEach(each -> each.freeze(true));
                    network.initialize(manager);
                    return new ConvolutionalClassifier(this, network, manager);
                });
    }
}
