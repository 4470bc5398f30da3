package io.zigma.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import io.zigma.model.ZigMa;
import io.zigma.model.ZigMaConfig;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The model that is trained, and a second one that holds the averaged weights and is only sampled.
 */
final class ModelPair {

    private final ZigMa trained;
    private final ZigMa averaged;

    ModelPair(ZigMaConfig config, long seed, NDManager manager) {
        trained = new ZigMa(config, seed);
        trained.initialize(manager);
        trained.namedParameters().values().forEach(parameter -> rehouse(parameter, manager));
        averaged = new ZigMa(config, seed);
        averaged.namedParameters().values().forEach(parameter -> parameter.freeze(true));
        averaged.initialize(manager);
        averaged.namedParameters().values().forEach(parameter -> rehouse(parameter, manager));
    }

    /**
     * Moves a parameter into memory of the engine. An array made from Java values lies in a Java
     * buffer at any multiple of 16 bytes, and matrix products may round differently with the
     * alignment; the engine's own memory is always aligned alike, so that runs repeat exactly.
     */
    private static void rehouse(Parameter parameter, NDManager manager) {
        NDArray copy;
        try (NDArray detached = parameter.getArray().stopGradient()) {
            copy = detached.duplicate();
        }
        copy.attach(manager);
        parameter.close();
        parameter.setInitializer((owner, shape, type) -> copy);
        parameter.initialize(manager, DataType.FLOAT32);
    }

    ZigMa trained() {
        return trained;
    }

    ZigMa averaged() {
        return averaged;
    }

    /** Returns all weights of the trained model, frozen ones included. */
    Map<String, NDArray> weights() {
        return arrays(trained, false);
    }

    /** Returns the weights that gradients flow to. */
    Map<String, NDArray> trainableWeights() {
        return arrays(trained, true);
    }

    /** Returns all averaged weights. */
    Map<String, NDArray> averages() {
        return arrays(averaged, false);
    }

    private static Map<String, NDArray> arrays(ZigMa model, boolean onlyTrainable) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        model.namedParameters()
                .forEach(
                        (name, parameter) -> {
                            if (!onlyTrainable || parameter.requiresGradient()) {
                                arrays.put(name, parameter.getArray());
                            }
                        });
        return Collections.unmodifiableMap(arrays);
    }
}
