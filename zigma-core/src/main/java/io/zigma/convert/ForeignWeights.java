package io.zigma.convert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.checkpoint.TensorDifference;
import io.zigma.checkpoint.WeightsFile;
import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsHeader;
import io.zigma.io.SafetensorsType;
import io.zigma.io.SafetensorsWriter;
import io.zigma.io.ShapedTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A model's weights in a file of another program.
 *
 * @param path the file, for error messages
 * @param set its tensors
 * @param values reads a tensor
 * @param <T> how the file describes a tensor
 */
record ForeignWeights<T extends ShapedTensor>(Path path, WeightSet<T> set, Values<T> values) {

    /** Reads a tensor of a file. */
    @FunctionalInterface
    interface Values<T> {

        /**
         * Reads one.
         *
         * @param name its official name
         * @param tensor the file's description of it
         * @return its elements in row-major order
         * @throws IOException if they are damaged or not floating point, or reading fails
         */
        float[] read(String name, T tensor) throws IOException;
    }

    /**
     * Reads them, after checking by name and shape that they are those of a model.
     *
     * @param expected the model's parameters by official name
     * @param manager owns the arrays
     * @return all parameters of the model by official name, float32, in the model's order
     * @throws CheckpointException if a tensor is missing, surplus or of another shape, where the
     *     message lists all that differ with both shapes; or if an element is not finite
     * @throws IOException if a tensor cannot be read
     */
    Map<String, NDArray> read(Map<String, Parameter> expected, NDManager manager)
            throws IOException {
        requireAre(expected);
        Map<String, NDArray> weights = new LinkedHashMap<>();
        for (String name : expected.keySet()) {
            T tensor = Objects.requireNonNull(set.tensors().get(name));
            weights.put(name, manager.create(elements(name, tensor), new Shape(tensor.sides())));
        }
        return weights;
    }

    /**
     * Adds them to a file that is written later, after checking by name and shape that they are
     * those of a model. Each is read when it is written, so that there is never more than one in
     * memory.
     *
     * @param writer of the file; throws an {@link UncheckedIOException} when an element is not
     *     finite or cannot be read
     * @param expected the model's parameters by official name
     * @throws CheckpointException as {@link #read}
     */
    void addTo(SafetensorsWriter writer, Map<String, Parameter> expected)
            throws CheckpointException {
        requireAre(expected);
        for (String name : expected.keySet()) {
            T tensor = Objects.requireNonNull(set.tensors().get(name));
            writer.floats(
                    name,
                    SafetensorsType.F32,
                    tensor.sides(),
                    () -> {
                        try {
                            return elements(name, tensor);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
        }
    }

    private float[] elements(String name, T tensor) throws IOException {
        float[] elements = values.read(name, tensor);
        WeightsFile.requireFinite(path, name, elements);
        return elements;
    }

    private void requireAre(Map<String, Parameter> expected) throws CheckpointException {
        requireRead();
        List<TensorDifference> differences = TensorDifference.between(expected, set.tensors());
        if (!differences.isEmpty()) {
            throw new CheckpointException(
                    "%s does not fit the model, %s%s"
                            .formatted(
                                    path,
                                    TensorDifference.inWords(differences),
                                    differences.stream().anyMatch(ForeignWeights::isNullClass)
                                            ? "; the one row more of its label table may be the null class"
                                            : ""));
        }
    }

    /** Returns whether a table of classes has one row more than there are classes. */
    private static boolean isNullClass(TensorDifference difference) {
        return difference instanceof TensorDifference.Misshapen table
                && table.name().endsWith("embedding_table.weight")
                && table.expected().size() == 2
                && table.found()
                        .equals(List.of(table.expected().get(0) + 1, table.expected().get(1)));
    }

    private void requireRead() throws CheckpointException {
        for (Map.Entry<String, String> other : set.unread().entrySet()) {
            throw new CheckpointException(
                    "%s: the weight %s is no tensor but %s, which is not read; nothing was run"
                            .formatted(
                                    path,
                                    SafetensorsHeader.shown(other.getKey()),
                                    other.getValue()));
        }
    }
}
