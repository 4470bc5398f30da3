package io.zigma.eval;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.engine.EngineStart;
import io.zigma.eval.feature.Classifier;
import io.zigma.eval.feature.ClassifierOutput;
import io.zigma.eval.feature.FeatureExtractor;
import io.zigma.eval.metric.FeatureMatrix;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsWriter;
import io.zigma.media.PictureFormat;
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

    // InceptionV3's first layers take 17 MB a picture
    private static final int BATCH = 32;
    private static final String FEATURES = "features";
    private static final String LOGITS = "logits";
    private static final String PICTURES = "pictures_sha256";
    private static final String NETWORK = "network_sha256";

    private final Path folder;
    private final Device device;
    private final Listener listener;

    /**
     * Sets where features are stored.
     *
     * @param folder made when it is needed
     * @param device where pictures are put for the networks
     * @param listener receives progress of features that have to be computed
     */
    public FeatureCache(Path folder, Device device, Listener listener) {
        this.folder = folder;
        this.device = device;
        this.listener = listener;
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
        NetworkOutput output = compute(network, pictures);
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
        copy(matrix, values, 0);
        writer.floats(name, new long[] {matrix.rows(), matrix.columns()}, values);
    }

    private static void copy(FeatureMatrix matrix, float[] target, int firstRow) {
        for (int row = 0; row < matrix.rows(); row++) {
            for (int column = 0; column < matrix.columns(); column++) {
                target[(firstRow + row) * matrix.columns() + column] = matrix.at(row, column);
            }
        }
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

    private NetworkOutput compute(FeatureExtractor network, Pictures pictures) {
        PictureFormat format = pictures.format();
        int count = pictures.count();
        float[] features = new float[Math.multiplyExact(count, network.dimension())];
        float[] logits =
                network instanceof Classifier classifier
                        ? new float[Math.multiplyExact(count, classifier.labels().size())]
                        : new float[0];
        try (NDManager manager = EngineStart.newManager(device)) {
            for (int first = 0; first < count; first += BATCH) {
                int end = Math.min(first + BATCH, count);
                Shape shape =
                        new Shape(end - first, format.channels(), format.height(), format.width());
                try (NDArray batch = manager.create(pictures.values(first, end), shape)) {
                    if (network instanceof Classifier classifier) {
                        ClassifierOutput output = classifier.classify(batch);
                        copy(output.features(), features, first);
                        copy(output.logits(), logits, first);
                    } else {
                        copy(network.features(batch), features, first);
                    }
                }
                listener.progress(network.name(), end, count);
            }
        }
        return new NetworkOutput(
                FeatureMatrix.of(network.dimension(), features),
                network instanceof Classifier classifier
                        ? Optional.of(FeatureMatrix.of(classifier.labels().size(), logits))
                        : Optional.empty());
    }
}
