package io.zigma.checkpoint;

import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where a file's tensors are not those of a model. */
final class TensorDifferences {

    private TensorDifferences() {}

    /**
     * Compares names and shapes.
     *
     * @param expected the model's parameters by name
     * @param found the file's shapes by name
     * @return how many differ, then each by name with both shapes; empty if none does
     */
    static Optional<String> between(Map<String, Parameter> expected, Map<String, long[]> found) {
        List<String> differences = new ArrayList<>();
        expected.forEach(
                (name, parameter) -> {
                    long[] sides = parameter.getShape().getShape();
                    long[] there = found.get(name);
                    if (there == null) {
                        differences.add(
                                "%s is missing, the model's has shape %s"
                                        .formatted(name, Arrays.toString(sides)));
                    } else if (!Arrays.equals(sides, there)) {
                        differences.add(
                                "%s has shape %s, the model's has %s"
                                        .formatted(
                                                name,
                                                Arrays.toString(there),
                                                Arrays.toString(sides)));
                    }
                });
        found.forEach(
                (name, sides) -> {
                    if (!expected.containsKey(name)) {
                        differences.add(
                                "%s of shape %s is surplus, the model has none"
                                        .formatted(
                                                SafetensorsHeader.shown(name),
                                                Arrays.toString(sides)));
                    }
                });
        return differences.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "%d tensors differ: %s"
                                .formatted(differences.size(), String.join("; ", differences)));
    }
}
