package io.zigma.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.base.EngineMemory;
import io.zigma.io.CheckpointException;
import io.zigma.io.ContentHash;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The safetensors file beside a description: opened only if it holds exactly the network's tensors
 * and is unchanged.
 */
public final class WeightsFile {

    /** Elements that a buffer of less than 2 GiB can hold. */
    private static final long LARGEST_BUFFER = Integer.MAX_VALUE / Float.BYTES;

    private WeightsFile() {}

    /**
     * Opens a file of weights.
     *
     * @param file the file, in the folder of the description
     * @param config name of the description, for error messages
     * @param hash SHA-256 of the file according to the description
     * @param parameters those of the network, by name; their shapes are known
     * @return the open file
     * @throws CheckpointException if it is missing, does not fit or has another hash
     * @throws IOException if it cannot be read
     */
    public static SafetensorsFile open(
            Path file, String config, String hash, Map<String, Parameter> parameters)
            throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(
                    "%s lacks %s".formatted(file.getParent(), file.getFileName()));
        }
        SafetensorsFile weights = SafetensorsFile.open(file);
        try {
            requireSameTensors(file, config, parameters, weights);
            String found = ContentHash.ofFile(file);
            if (!found.equals(hash)) {
                throw new CheckpointException(
                        ("%s is damaged or was exchanged: its SHA-256 is %s, %s has %s; "
                                        + "get the folder again")
                                .formatted(file, found, config, hash));
            }
            return weights;
        } catch (IOException | RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /**
     * Initialises parameters with the values of a file: they are read when the network is
     * initialised.
     *
     * @param weights holds a tensor under each name; must stay open until then
     * @param parameters those of the network, by name
     */
    public static void feed(SafetensorsFile weights, Map<String, Parameter> parameters) {
        parameters.forEach(
                (name, parameter) ->
                        parameter.setInitializer(
                                (owner, shape, type) -> read(weights, name, shape, owner)));
    }

    /**
     * Reads a weight into the engine's memory, where all arrays have the same alignment. On a
     * processor nothing else takes memory for it: of a large model the copies that wait for the
     * garbage collector would be as large as the model.
     */
    private static NDArray read(
            SafetensorsFile weights, String name, Shape shape, NDManager owner) {
        if (!owner.getDevice().isGpu() && shape.size() <= LARGEST_BUFFER) {
            NDArray array = owner.create(shape, DataType.FLOAT32);
            FloatBuffer values = array.toByteBuffer(true).asFloatBuffer();
            try {
                weights.floats(name, values.duplicate());
                requireFinite(weights.path(), name, values);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return array;
        }
        return EngineMemory.copy(owner, values(weights, name), shape);
    }

    /**
     * Reads a weight; a NaN would turn every image into noise without an error.
     *
     * @param weights the open file
     * @param name a tensor of it
     * @return its finite elements
     * @throws UncheckedIOException if reading fails or an element is not finite
     */
    static float[] values(SafetensorsFile weights, String name) {
        try {
            float[] values = weights.floats(name);
            requireFinite(weights.path(), name, values);
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Checks that a weight is finite.
     *
     * @param file that it was read from, for the refusal
     * @param name of its tensor, for the refusal
     * @param values in row-major order
     * @throws CheckpointException if an element is infinite or not a number; the message names
     *     file, tensor and element
     */
    public static void requireFinite(Path file, String name, float[] values)
            throws CheckpointException {
        requireFinite(file, name, FloatBuffer.wrap(values));
    }

    private static void requireFinite(Path file, String name, FloatBuffer values)
            throws CheckpointException {
        for (int i = 0; i < values.limit(); i++) {
            if (!Float.isFinite(values.get(i))) {
                throw new CheckpointException(
                        "%s: tensor %s holds %s as its element %s; the weights are damaged, download them again"
                                .formatted(file, name, values.get(i), i));
            }
        }
    }

    private static void requireSameTensors(
            Path file, String config, Map<String, Parameter> parameters, SafetensorsFile weights)
            throws IOException {
        List<TensorDifference> differences =
                TensorDifference.between(parameters, weights.tensors());
        List<String> missing = names(differences, TensorDifference.Missing.class);
        List<String> surplus = names(differences, TensorDifference.Surplus.class);
        if (!missing.isEmpty() || !surplus.isEmpty()) {
            throw new CheckpointException(
                    "%s does not fit %s: missing tensors %s, surplus tensors %s"
                            .formatted(file, config, missing, surplus));
        }
        for (String name : parameters.keySet()) {
            SafetensorsType type = weights.dtype(name);
            if (!type.isFloating()) {
                throw new CheckpointException(
                        "%s: tensor %s is of type %s, weights are floating-point numbers"
                                .formatted(file, name, type));
            }
        }
        for (TensorDifference difference : differences) {
            if (difference instanceof TensorDifference.Misshapen tensor) {
                throw new CheckpointException(
                        "%s: tensor %s has shape %s, %s needs %s"
                                .formatted(
                                        file,
                                        tensor.name(),
                                        tensor.found(),
                                        config,
                                        tensor.expected()));
            }
        }
    }

    private static List<String> names(
            List<TensorDifference> differences, Class<? extends TensorDifference> kind) {
        return differences.stream()
                .filter(kind::isInstance)
                .map(TensorDifference::name)
                .sorted()
                .toList();
    }
}
