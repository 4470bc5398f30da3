package io.zigma.eval;

import ai.djl.Device;
import io.zigma.eval.feature.Classifier;
import io.zigma.eval.feature.FeatureExtractor;
import io.zigma.eval.metric.FeatureMatrix;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Features of pictures, computed once and stored under the fingerprints of pictures and network:
 * the same pictures and the same weights give the same features, wherever they came from.
 */
public final class FeatureCache {

    private static final String FEATURES = "features";
    private static final String LOGITS = "logits";
    private static final String PICTURES = "pictures_sha256";
    private static final String NETWORK = "network_sha256";

    private final Path folder;
    private final Device device;
    private final Listener listener;
    private final EvaluationWork work;

    /**
     * Sets where features are stored.
     *
     * @param folder made when it is needed
     * @param device where pictures are put for the networks
     * @param listener receives progress of features that have to be computed
     */
    public FeatureCache(Path folder, Device device, Listener listener) {
        this(folder, device, listener, EvaluationWork.HERE);
    }

    /**
     * Sets where features are stored, and who computes them and compares them.
     *
     * @param folder made when it is needed
     * @param device where pictures are put for networks of this process
     * @param listener receives progress of features that have to be computed
     * @param work computes and compares
     */
    public FeatureCache(Path folder, Device device, Listener listener, EvaluationWork work) {
        this.folder = folder;
        this.device = device;
        this.listener = listener;
        this.work = work;
    }

    /** Returns who computes and compares. */
    EvaluationWork work() {
        return work;
    }

    /** Receives progress; stops the work by throwing. */
    @FunctionalInterface
    public interface Listener {

        /**
         * Called after every batch.
         *
         * @param network the network's name
         * @param done pictures that are done
         * @param total pictures there are
         */
        void progress(String network, int done, int total);
    }

    /**
     * Returns what a network computes of pictures.
     *
     * @param network an extractor, or a classifier for logits too
     * @param pictures at least one
     * @return as many rows, read from the disk if they are there
     * @throws IOException if features cannot be read or stored
     * @throws IllegalArgumentException if the network does not take such pictures
     */
    NetworkOutput outputOf(FeatureExtractor network, Pictures pictures) throws IOException {
        String hash = pictures.hash();
        Path file =
                folder.resolve(
                        "%s-%s.safetensors"
                                .formatted(
                                        network.sha256().substring(0, 16), hash.substring(0, 32)));
        if (Files.exists(file)) {
            return read(file, network, pictures.count(), hash);
        }
        NetworkOutput output = work.output(network, pictures, device, listener);
        Files.createDirectories(folder);
        SafetensorsWriter writer =
                new SafetensorsWriter()
                        .metadata(PICTURES, hash)
                        .metadata(NETWORK, network.sha256());
        add(writer, FEATURES, output.features());
        output.logits().ifPresent(logits -> add(writer, LOGITS, logits));
        writer.write(file);
        return output;
    }

    /**
     * Returns what a classifier gives for pictures.
     *
     * @param classifier the network
     * @param pictures at least one
     * @return a row of logits a picture, read from the disk if they are there
     * @throws IOException if they cannot be read or stored
     * @throws IllegalArgumentException if the classifier does not take such pictures
     */
    public FeatureMatrix logits(Classifier classifier, Pictures pictures) throws IOException {
        return outputOf(classifier, pictures).logits().orElseThrow();
    }

    private static void add(SafetensorsWriter writer, String name, FeatureMatrix matrix) {
        float[] values = new float[Math.multiplyExact(matrix.rows(), matrix.columns())];
        NetworkOutput.copy(matrix, values, 0);
        writer.floats(name, new long[] {matrix.rows(), matrix.columns()}, values);
    }

    private static NetworkOutput read(Path file, FeatureExtractor network, int rows, String hash)
            throws IOException {
        try (SafetensorsFile stored = SafetensorsFile.open(file)) {
            Map<String, String> metadata = stored.metadata();
            boolean classifies = network instanceof Classifier;
            if (!hash.equals(metadata.get(PICTURES))
                    || !network.sha256().equals(metadata.get(NETWORK))
                    || classifies != stored.names().contains(LOGITS)) {
                throw foreign(file);
            }
            return new NetworkOutput(
                    matrix(file, stored, FEATURES, rows),
                    classifies
                            ? Optional.of(matrix(file, stored, LOGITS, rows))
                            : Optional.empty());
        }
    }

    private static FeatureMatrix matrix(Path file, SafetensorsFile stored, String name, int rows)
            throws IOException {
        long[] shape = stored.shape(name);
        if (shape.length != 2 || shape[0] != rows || shape[1] < 1) {
            throw foreign(file);
        }
        return FeatureMatrix.of((int) shape[1], stored.floats(name));
    }

    private static IOException foreign(Path file) {
        return new IOException(
                file
                        + ": does not hold the features its place is for; delete it to make them again");
    }
}
