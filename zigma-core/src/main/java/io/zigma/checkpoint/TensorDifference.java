package io.zigma.checkpoint;

import ai.djl.nn.Parameter;
import io.zigma.base.Amount;
import io.zigma.io.SafetensorsHeader;
import io.zigma.io.ShapedTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A difference between the tensors of a network and of a file. */
public sealed interface TensorDifference {

    /**
     * Returns which tensor differs.
     *
     * @return its name in the file and the network
     */
    String name();

    /**
     * The network has it, the file does not.
     *
     * @param name of the tensor
     * @param expected sides in the network, from the outermost on
     */
    record Missing(String name, List<Long> expected) implements TensorDifference {}

    /**
     * Both have it, in different shapes.
     *
     * @param name of the tensor
     * @param expected sides in the network, from the outermost on
     * @param found sides in the file
     */
    record Misshapen(String name, List<Long> expected, List<Long> found)
            implements TensorDifference {}

    /**
     * The file has it, the network does not.
     *
     * @param name of the tensor
     * @param found sides in the file, from the outermost on
     */
    record Surplus(String name, List<Long> found) implements TensorDifference {}

    /**
     * Compares names and shapes.
     *
     * @param network the network's parameters by name; their shapes are known
     * @param file what the file has under each name
     * @return what is missing or misshapen in the network's order, then what is surplus in the
     *     file's
     */
    static List<TensorDifference> between(
            Map<String, Parameter> network, Map<String, ? extends ShapedTensor> file) {
        List<TensorDifference> differences = new ArrayList<>();
        network.forEach(
                (name, parameter) -> {
                    List<Long> expected =
                            Arrays.stream(parameter.getShape().getShape()).boxed().toList();
                    ShapedTensor there = file.get(name);
                    if (there == null) {
                        differences.add(new Missing(name, expected));
                    } else if (!there.shape().equals(expected)) {
                        differences.add(new Misshapen(name, expected, there.shape()));
                    }
                });
        file.forEach(
                (name, there) -> {
                    if (!network.containsKey(name)) {
                        differences.add(new Surplus(name, there.shape()));
                    }
                });
        return differences;
    }

    /**
     * Lists in one line where a file does not fit a model.
     *
     * @param differences one at least
     * @return how many there are, then each by name with both shapes
     */
    static String inWords(List<TensorDifference> differences) {
        return "%s %s: %s"
                .formatted(
                        Amount.of(differences.size(), "tensor"),
                        differences.size() == 1 ? "differs" : "differ",
                        String.join(
                                "; ",
                                differences.stream().map(TensorDifference::inWords).toList()));
    }

    private static String inWords(TensorDifference difference) {
        if (difference instanceof Missing missing) {
            return "%s is missing, the model's has shape %s"
                    .formatted(missing.name(), missing.expected());
        }
        if (difference instanceof Misshapen misshapen) {
            return "%s has shape %s, the model's has %s"
                    .formatted(misshapen.name(), misshapen.found(), misshapen.expected());
        }
        Surplus surplus = (Surplus) difference;
        return "%s of shape %s is surplus, the model has none"
                .formatted(SafetensorsHeader.shown(surplus.name()), surplus.found());
    }
}
