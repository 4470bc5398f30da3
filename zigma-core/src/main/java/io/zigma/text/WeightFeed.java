package io.zigma.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.base.EngineMemory;
import io.zigma.io.CheckpointException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Fills a network with weights, after it is certain that they are the network's. */
final class WeightFeed {

    private static final int NAMED = 3;

    private WeightFeed() {}

    /**
     * Checks that every parameter has a tensor of its shape. Files may hold more, such as the other
     * half of CLIP.
     *
     * @param network the network
     * @param weights what there is
     * @return the tensor of each parameter, by the parameter's name
     * @throws CheckpointException if tensors are missing or have other shapes
     */
    static Map<String, String> matched(TextNetwork network, TextWeights weights)
            throws CheckpointException {
        Map<String, Parameter> parameters = network.namedParameters();
        Map<String, long[]> shapes = weights.shapes();
        String prefix = prefix(parameters.keySet().iterator().next(), shapes);
        Map<String, String> names = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        for (String name : parameters.keySet()) {
            String tensor = shapes.containsKey(prefix + name) ? prefix + name : name;
            names.put(name, tensor);
            if (!shapes.containsKey(tensor)) {
                missing.add(name);
            }
        }
        if (!missing.isEmpty()) {
            throw new CheckpointException(
                    "%s lacks %s of the %s tensors that its config.json needs, such as %s; download its files again"
                            .formatted(
                                    weights.place(),
                                    missing.size(),
                                    names.size(),
                                    missing.subList(0, Math.min(NAMED, missing.size()))));
        }
        for (Map.Entry<String, String> entry : names.entrySet()) {
            Shape wanted = parameters.get(entry.getKey()).getShape();
            long[] found = shapes.get(entry.getValue());
            if (!Arrays.equals(found, wanted.getShape())) {
                throw new CheckpointException(
                        "%s: tensor %s has shape %s, its config.json needs %s"
                                .formatted(
                                        weights.place(),
                                        entry.getValue(),
                                        new Shape(found),
                                        wanted));
            }
        }
        return names;
    }

    /**
     * What a larger model that the network is part of puts in front of its names: {@code bert.}.
     */
    private static String prefix(String first, Map<String, long[]> shapes) {
        return shapes.keySet().stream()
                .filter(name -> name.endsWith("." + first))
                .map(name -> name.substring(0, name.length() - first.length()))
                .findFirst()
                .orElse("");
    }

    /**
     * Reads all weights into the engine.
     *
     * @param network the network, which has no values yet
     * @param weights what there is
     * @param manager owns the values
     * @throws IOException if they do not fit or cannot be read
     */
    static void fill(TextNetwork network, TextWeights weights, NDManager manager)
            throws IOException {
        Map<String, String> names = matched(network, weights);
        network.namedParameters()
                .forEach(
                        (name, parameter) ->
                                parameter.setInitializer(
                                        (owner, shape, type) ->
                                                read(weights, names.get(name), shape, owner)));
        try {
            network.initialize(manager, DataType.FLOAT32, new Shape(1, 1));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        network.freezeParameters(true);
    }

    private static NDArray read(TextWeights weights, String name, Shape shape, NDManager owner) {
        float[] values;
        try {
            values = weights.values(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new UncheckedIOException(
                        new CheckpointException(
                                "%s: tensor %s holds %s as its element %s; the weights are damaged, download them again"
                                        .formatted(weights.place(), name, values[i], i)));
            }
        }
        return EngineMemory.copy(owner, values, shape);
    }
}
