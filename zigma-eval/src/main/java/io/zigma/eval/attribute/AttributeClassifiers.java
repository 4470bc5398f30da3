package io.zigma.eval.attribute;

import ai.djl.Device;
import io.zigma.eval.FeatureCache;
import io.zigma.eval.Pictures;
import io.zigma.eval.feature.Classifier;
import io.zigma.eval.feature.ClassifierFolder;
import io.zigma.eval.metric.FeatureMatrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Classifiers, each of one attribute of pictures. */
public final class AttributeClassifiers implements AutoCloseable {

    private final Map<String, Classifier> classifiers;

    private AttributeClassifiers(Map<String, Classifier> classifiers) {
        this.classifiers = classifiers;
    }

    /**
     * Loads classifiers.
     *
     * @param folders by attribute
     * @param device where to compute
     * @return them, to be closed
     * @throws IOException if one is missing or damaged
     */
    public static AttributeClassifiers load(Map<String, ClassifierFolder> folders, Device device)
            throws IOException {
        AttributeClassifiers loaded = new AttributeClassifiers(new LinkedHashMap<>());
        try {
            for (Map.Entry<String, ClassifierFolder> folder : folders.entrySet()) {
                loaded.classifiers.put(folder.getKey(), folder.getValue().load(device));
            }
            return loaded;
        } catch (IOException | RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    /**
     * Returns whether there is no classifier.
     *
     * @return true for no attribute
     */
    public boolean isEmpty() {
        return classifiers.isEmpty();
    }

    /**
     * Compares the predictions with what was asked for.
     *
     * @param pictures N of them
     * @param asked the attributes of each
     * @param cache where the classifiers' outputs are stored
     * @return how often they agree
     * @throws IOException if it cannot be read or stored
     * @throws IllegalArgumentException if a classifier does not take such pictures
     */
    public AttributeAgreement agreement(
            Pictures pictures, List<Map<String, String>> asked, FeatureCache cache)
            throws IOException {
        Map<String, List<Optional<String>>> seen = new LinkedHashMap<>();
        for (Map.Entry<String, Classifier> entry : classifiers.entrySet()) {
            List<String> labels = entry.getValue().labels();
            FeatureMatrix logits = cache.logits(entry.getValue(), pictures);
            List<Optional<String>> values = new ArrayList<>();
            for (int i = 0; i < asked.size(); i++) {
                String wanted = asked.get(i).get(entry.getKey());
                values.add(
                        wanted != null && labels.contains(wanted)
                                ? Optional.of(labels.get(largest(logits, i)))
                                : Optional.empty());
            }
            seen.put(entry.getKey(), values);
        }
        return new AttributeAgreement(asked, seen);
    }

    /** Of equal logits the first class is seen. */
    private static int largest(FeatureMatrix logits, int row) {
        int largest = 0;
        for (int i = 1; i < logits.columns(); i++) {
            if (logits.at(row, i) > logits.at(row, largest)) {
                largest = i;
            }
        }
        return largest;
    }

    /** Frees the classifiers. */
    @Override
    public void close() {
        classifiers.values().forEach(Classifier::close);
    }
}
