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
import java.util.Optional;

/**
 * What a network computes of some pictures.
 *
 * @param features a row a picture
 * @param logits a row a picture, of classifiers only
 */
public record NetworkOutput(FeatureMatrix features, Optional<FeatureMatrix> logits) {

    // InceptionV3's first layers take 17 MB a picture
    private static final int BATCH = 32;

    /**
     * Has a network of this process compute.
     *
     * @param network an extractor, or a classifier for logits too
     * @param pictures at least one
     * @param device where pictures are put for the network
     * @param listener receives progress
     * @return as many rows
     * @throws IllegalArgumentException if the network does not take such pictures
     */
    public static NetworkOutput of(
            FeatureExtractor network,
            Pictures pictures,
            Device device,
            FeatureCache.Listener listener) {
        int count = pictures.count();
        float[] features = new float[Math.multiplyExact(count, network.dimension())];
        float[] logits =
                network instanceof Classifier classifier
                        ? new float[Math.multiplyExact(count, classifier.labels().size())]
                        : new float[0];
        try (NDManager manager = EngineStart.newManager(device)) {
            for (int first = 0; first < count; first += BATCH) {
                int end = Math.min(first + BATCH, count);
                Shape shape = pictures.sample().batch(end - first);
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

    static void copy(FeatureMatrix matrix, float[] target, int firstRow) {
        for (int row = 0; row < matrix.rows(); row++) {
            for (int column = 0; column < matrix.columns(); column++) {
                target[(firstRow + row) * matrix.columns() + column] = matrix.at(row, column);
            }
        }
    }
}
