package io.zigma.train.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import io.zigma.backbone.Backbone;
import io.zigma.backbone.BackboneSpec;
import io.zigma.train.optim.NamedArrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The model that is trained, and a second one that holds the EMA weights and is only sampled. */
public final class ModelPair {

    private final Backbone trained;
    private final Backbone averaged;

    /**
     * Initialises the weights of both at random.
     *
     * @param config their shape
     * @param seed decides the weights
     * @param frozen beginnings of names of weights that no gradient flows to
     * @param manager owns the weights
     * @throws IllegalArgumentException if a beginning fits no name, or nothing is left to train
     */
    public ModelPair(BackboneSpec config, long seed, List<String> frozen, NDManager manager) {
        trained = config.create(seed);
        freeze(trained.namedParameters(), frozen);
        trained.initialize(manager);
        trained.namedParameters().values().forEach(parameter -> rehouse(parameter, manager));
        averaged = config.create(seed);
        averaged.namedParameters().values().forEach(parameter -> parameter.freeze(true));
        averaged.initialize(manager);
        averaged.namedParameters().values().forEach(parameter -> rehouse(parameter, manager));
    }

    private static void freeze(Map<String, Parameter> parameters, List<String> beginnings) {
        for (String beginning : beginnings) {
            List<String> names =
                    parameters.keySet().stream()
                            .filter(name -> name.startsWith(beginning))
                            .toList();
            if (names.isEmpty()) {
                throw new IllegalArgumentException(
                        "there is no weight whose name begins with '%s'; names begin with %s"
                                .formatted(
                                        beginning, String.join(", ", parts(parameters.keySet()))));
            }
            names.forEach(name -> parameters.get(name).freeze(true));
        }
        if (parameters.values().stream().noneMatch(Parameter::requiresGradient)) {
            throw new IllegalArgumentException(
                    "all weights are frozen, which leaves nothing to train");
        }
    }

    /** Returns what names begin with, up to the first dot or a layer's number. */
    private static Set<String> parts(Set<String> names) {
        return names.stream()
                .map(name -> name.replaceAll("^(blocks\\.\\d+|[^.]+).*", "$1"))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * Moves a parameter into memory of the engine. An array made from Java values is in a Java
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

    /**
     * Moves the trained weights and their averages into other memory.
     *
     * @param weights arrays for the trained weights by name, which take their values
     * @param averages arrays for the averages of the trained weights by name
     */
    void moveTrained(Map<String, NDArray> weights, Map<String, NDArray> averages) {
        move(trained, weights);
        move(averaged, averages);
    }

    private static void move(Backbone model, Map<String, NDArray> places) {
        Map<String, NDArray> values = new LinkedHashMap<>();
        Map<String, Parameter> parameters = model.namedParameters();
        places.keySet().forEach(name -> values.put(name, parameters.get(name).getArray()));
        NamedArrays.copyAll("weight", values, places);
        places.forEach(
                (name, place) -> {
                    Parameter parameter = parameters.get(name);
                    parameter.close();
                    parameter.setInitializer((owner, shape, type) -> place);
                    parameter.initialize(place.getManager(), DataType.FLOAT32);
                });
    }

    Backbone trained() {
        return trained;
    }

    Backbone averaged() {
        return averaged;
    }

    /**
     * Returns all weights of the trained model, frozen ones included.
     *
     * @return live arrays by official name
     */
    public Map<String, NDArray> weights() {
        return arrays(trained, false);
    }

    /**
     * Returns the weights that gradients flow to.
     *
     * @return live arrays by official name
     */
    public Map<String, NDArray> trainableWeights() {
        return arrays(trained, true);
    }

    /** Returns all EMA weights. */
    Map<String, NDArray> averages() {
        return arrays(averaged, false);
    }

    private static Map<String, NDArray> arrays(Backbone model, boolean onlyTrainable) {
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
