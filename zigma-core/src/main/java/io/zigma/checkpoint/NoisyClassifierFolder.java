package io.zigma.checkpoint;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.zigma.backbone.adm.AdmClassifier;
import io.zigma.backbone.adm.AdmClassifierConfig;
import io.zigma.base.SampleShape;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.Processes;
import io.zigma.io.AtomicFile;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A folder that holds a classifier of noisy pictures, which guides sampling: {@code config.json},
 * {@code model.safetensors} and a card.
 *
 * @param path the folder
 * @param config the network's shape
 * @param process whose noise and times it knows
 * @param labels one name a class, in the order of the logits
 * @param facts how it was trained, on what, and how often it is right: for readers
 * @param weightsHash SHA-256 of the weights file
 */
public record NoisyClassifierFolder(
        Path path,
        AdmClassifierConfig config,
        DiffusionProcess process,
        List<String> labels,
        JsonObject facts,
        String weightsHash) {

    /** Name of the file that describes the classifier. */
    public static final String CONFIG = NetworkFormat.CONFIG;

    /** Name of the file that holds the weights. */
    public static final String WEIGHTS = "model.safetensors";

    /** Name of the card. */
    public static final String CARD = "README.md";

    /** The value of the field {@code format} in {@code config.json}. */
    public static final String FORMAT = "zigma-noisy-classifier";

    private static final NetworkFormat FOLDER =
            new NetworkFormat(
                    FORMAT,
                    1,
                    "classifier of noisy pictures",
                    "zigma train-classifier --noisy",
                    WEIGHTS);

    private static final Gson GSON = new Gson();

    /**
     * Checks that there is a name for each class.
     *
     * @throws IllegalArgumentException if there is not
     */
    public NoisyClassifierFolder {
        labels = List.copyOf(labels);
        if (labels.size() != config.classes()) {
            throw new IllegalArgumentException(
                    "%s labels for %s classes".formatted(labels.size(), config.classes()));
        }
    }

    /**
     * Returns whether a folder holds such a classifier, by the format of its description.
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
     * @throws CheckpointException if there is no classifier of noisy pictures in it
     * @throws IOException if reading fails
     */
    public static NoisyClassifierFolder open(Path folder) throws IOException {
        Fields json = FOLDER.read(folder, "network", "process", "labels", "facts");
        List<String> labels = json.texts("labels");
        try {
            return new NoisyClassifierFolder(
                    folder,
                    AdmClassifierConfig.read(json.object("network"), labels.size()),
                    Processes.read(json.object("process")),
                    labels,
                    json.object("facts").json(),
                    NetworkFormat.weightsHash(json));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(
                    "%s: %s".formatted(folder.resolve(CONFIG), e.getMessage()), e);
        }
    }

    /**
     * Writes a classifier, the weights first and the description last; an older one in the same
     * folder is replaced file by file.
     *
     * @param folder an existing folder
     * @param config the network's shape
     * @param process whose noise and times it knows
     * @param labels one name a class
     * @param facts for readers
     * @param weights all values of the network by official name, float32
     * @param card text of the README
     * @return the new folder
     * @throws IOException if writing fails
     */
    public static NoisyClassifierFolder write(
            Path folder,
            AdmClassifierConfig config,
            DiffusionProcess process,
            List<String> labels,
            JsonObject facts,
            Map<String, NDArray> weights,
            String card)
            throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        weights.forEach(writer::array);
        String hash = FOLDER.writeWeights(folder, writer);
        AtomicFile.writeText(folder.resolve(CARD), card);
        NoisyClassifierFolder written =
                new NoisyClassifierFolder(folder, config, process, labels, facts, hash);
        NetworkFormat.writeDescription(folder, written.json());
        return written;
    }

    /**
     * Returns the size of its pictures.
     *
     * @return (C, H, W)
     */
    public SampleShape sample() {
        return config.sample();
    }

    /**
     * Returns the description.
     *
     * @return the content of {@code config.json}
     */
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.add("network", config.json());
        json.add("process", Processes.write(process));
        json.add("labels", GSON.toJsonTree(labels));
        json.add("facts", facts);
        return FOLDER.description(json, weightsHash);
    }

    /**
     * Reads the weights.
     *
     * @param device where to compute
     * @return the classifier, to be closed
     * @throws IOException if the weights are missing, damaged, or do not fit the description
     */
    public NoisyClassifier load(Device device) throws IOException {
        AdmClassifier network = config.create(0);
        return FOLDER.load(
                path,
                weightsHash,
                network.namedParameters(),
                NDManager.newBaseManager(device),
                manager -> {
                    network.initialize(manager);
                    return new NoisyClassifier(this, network, manager);
                });
    }
}
