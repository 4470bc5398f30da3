package io.zigma.eval;

import ai.djl.ndarray.NDArray;
import io.zigma.eval.feature.Classifier;
import io.zigma.eval.feature.ClassifierOutput;
import io.zigma.eval.metric.FeatureMatrix;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A classifier of one random layer: three features, and the largest of their opposites is the
 * class.
 *
 * @param seed decides the weights
 */
record ProjectingClassifier(long seed) implements Classifier {

    private static final int FEATURES = 3;

    @Override
    public String name() {
        return "projection";
    }

    @Override
    public String sha256() {
        return String.format(Locale.ROOT, "%02x", seed).repeat(32);
    }

    @Override
    public int dimension() {
        return FEATURES;
    }

    @Override
    public List<String> labels() {
        return List.of("Cross", "circle", "square");
    }

    @Override
    public ClassifierOutput classify(NDArray images) {
        float[] values = images.toFloatArray();
        int count = (int) images.getShape().get(0);
        int size = values.length / count;
        float[] features = new float[count * FEATURES];
        float[] logits = new float[count * FEATURES];
        for (int i = 0; i < count; i++) {
            Random weights = new Random(seed);
            for (int j = 0; j < FEATURES; j++) {
                double sum = 0;
                for (int k = 0; k < size; k++) {
                    sum += weights.nextGaussian() * values[i * size + k];
                }
                features[i * FEATURES + j] = (float) sum;
                logits[i * FEATURES + j] = (float) -sum;
            }
        }
        return new ClassifierOutput(
                FeatureMatrix.of(FEATURES, features), FeatureMatrix.of(FEATURES, logits));
    }

    @Override
    public void close() {}
}
