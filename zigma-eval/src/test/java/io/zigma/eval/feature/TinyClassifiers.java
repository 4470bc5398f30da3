package io.zigma.eval.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Classifiers with random values, none of them 0 or 1, so that nothing is left out unnoticed. */
final class TinyClassifiers {

    static final ClassifierConfig CONFIG =
            new ClassifierConfig(1, 8, 6, List.of(3, 4), List.of("sandal", "bag", "coat"));

    private TinyClassifiers() {}

    static ConvolutionalNetwork network(ClassifierConfig config, NDManager manager) {
        ConvolutionalNetwork network = new ConvolutionalNetwork(config);
        RandomWeights.give(network.namedParameters(), 5);
        network.initialize(manager);
        return network;
    }

    static float[] pictures(int count) {
        Random random = new Random(6);
        float[] values = new float[count * CONFIG.height() * CONFIG.width()];
        for (int i = 0; i < values.length; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }

    static ClassifierFolder write(Path folder) throws IOException {
        JsonObject accuracy = new JsonObject();
        accuracy.addProperty("share", 0.5);
        JsonObject training = new JsonObject();
        training.addProperty("steps", 0);
        Files.createDirectories(folder);
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> weights = new LinkedHashMap<>();
            network(CONFIG, manager)
                    .namedParameters()
                    .forEach((name, parameter) -> weights.put(name, parameter.getArray()));
            return ClassifierFolder.write(
                    folder,
                    CONFIG,
                    new ClassifierFacts(accuracy, training, new JsonObject()),
                    weights,
                    "# Tiny\n");
        }
    }
}
