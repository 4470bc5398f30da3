package io.zigma.eval.classifier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonObject;
import io.zigma.condition.ClassNames;
import io.zigma.eval.feature.ConvolutionalNetwork;
import io.zigma.eval.metric.ClassAgreement;
import io.zigma.eval.metric.FeatureMatrix;
import io.zigma.nn.Pass;
import io.zigma.train.data.ImageDataset;
import java.util.List;

/** Counts how often a network is right on pictures that it was not trained on. */
final class TestAccuracy {

    private static final int BATCH = 100;

    private final ImageDataset test;
    private final List<String> labels;
    private final int[] numbers;

    /**
     * Sets what to measure on.
     *
     * @param test pictures with their classes
     * @param labels the network's classes, among them those of the pictures
     */
    TestAccuracy(ImageDataset test, List<String> labels) {
        this.test = test;
        this.labels = labels;
        this.numbers = ClassNames.matches(test.labels(), labels);
    }

    /**
     * Measures a network on all pictures.
     *
     * @param network as it is now; it is not changed
     * @param parent where to compute
     * @return asked and seen, class by class
     */
    ClassAgreement measure(ConvolutionalNetwork network, NDManager parent) {
        int classes = labels.size();
        ClassAgreement agreement = new ClassAgreement(classes);
        int each = test.sample().size();
        try (NDManager manager = parent.newSubManager()) {
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            for (int from = 0; from < test.size(); from += BATCH) {
                int count = Math.min(BATCH, test.size() - from);
                float[] pixels = new float[count * each];
                int[] asked = new int[count];
                for (int i = 0; i < count; i++) {
                    test.read(from + i, false, pixels, i * each);
                    asked[i] = numbers[test.label(from + i)];
                }
                try (NDManager scope = manager.newSubManager()) {
                    NDArray images = scope.create(pixels, test.sample().batch(count));
                    NDArray logits = network.apply(pass, images); // (B, classes)
                    agreement.addLogits(asked, FeatureMatrix.of(classes, logits.toFloatArray()));
                }
            }
        }
        return agreement;
    }

    /** Returns a result as in a classifier's description. */
    JsonObject json(ClassAgreement result) {
        JsonObject json = new JsonObject();
        json.addProperty("share", result.fraction());
        json.addProperty("right", result.agreeing());
        json.addProperty("pictures", result.total());
        json.addProperty("data", test.name());
        json.addProperty("data_sha256", test.contentHash());
        JsonObject classes = new JsonObject();
        for (int i = 0; i < labels.size(); i++) {
            if (result.total(i) > 0) {
                classes.addProperty(labels.get(i), result.fraction(i));
            }
        }
        json.add("classes", classes);
        return json;
    }
}
