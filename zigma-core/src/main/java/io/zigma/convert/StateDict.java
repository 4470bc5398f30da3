package io.zigma.convert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.base.Amount;
import io.zigma.checkpoint.TensorDifference;
import io.zigma.checkpoint.TensorDifference.Misshapen;
import io.zigma.checkpoint.TensorDifference.Missing;
import io.zigma.checkpoint.TensorDifference.Surplus;
import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsHeader;
import io.zigma.io.SafetensorsTensor;
import io.zigma.io.ShapedTensor;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Named tensors of another program's network, in a safetensors file or one of {@code torch.save}
 * that holds a state_dict. Reading executes nothing from the file.
 */
public final class StateDict implements AutoCloseable {

    private static final int NAMED = 5;

    private final Path path;
    private final Map<String, ? extends ShapedTensor> tensors;
    private final Values values;
    private final Closeable file;

    /** Reads a tensor by its name. */
    @FunctionalInterface
    private interface Values {
        float[] read(String name) throws IOException;
    }

    private StateDict(
            Path path, Map<String, ? extends ShapedTensor> tensors, Values values, Closeable file) {
        this.path = path;
        this.tensors = Collections.unmodifiableMap(tensors);
        this.values = values;
        this.file = file;
    }

    /**
     * Opens a file of either kind, recognised by its first bytes.
     *
     * @param path the file
     * @return the open file; tensors are read on demand
     * @throws IOException if it is missing, damaged or something else
     */
    public static StateDict open(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException("%s: there is no such file".formatted(path));
        }
        if (SafetensorsFile.isAt(path)) {
            SafetensorsFile file = SafetensorsFile.open(path);
            Map<String, SafetensorsTensor> tensors = StateDictNames.unwrapped(file.tensors());
            return new StateDict(
                    path, tensors, name -> file.floats(tensors.get(name).name()), file::close);
        }
        TorchCheckpoint file = TorchCheckpoint.open(path);
        try {
            Map<String, TorchTensor> tensors = file.tensors();
            return new StateDict(
                    path, tensors, name -> file.floats(name, tensors.get(name)), file::close);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Returns the names of all tensors.
     *
     * @return in the order of the file
     */
    public Set<String> names() {
        return tensors.keySet();
    }

    /**
     * Returns the shape of a tensor.
     *
     * @param name one of {@link #names()}
     * @return its sides
     * @throws IOException if there is no such tensor
     */
    public long[] shape(String name) throws IOException {
        ShapedTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new CheckpointException("%s holds no tensor %s".formatted(path, name));
        }
        return tensor.sides();
    }

    /**
     * Initialises parameters with the values of this file: they are read when the network is
     * initialised, and this must stay open until then.
     *
     * @param network name of the network, for error messages
     * @param parameters all of the network's, by official name
     * @param ignored which other tensors are allowed
     * @throws CheckpointException if a tensor is missing, surplus or of another shape; the message
     *     names the first few
     * @throws IOException if the file cannot be read
     */
    public void feed(String network, Map<String, Parameter> parameters, Predicate<String> ignored)
            throws IOException {
        List<String> differences =
                TensorDifference.between(parameters, tensors).stream()
                        .filter(
                                difference ->
                                        !(difference instanceof Surplus surplus
                                                && ignored.test(surplus.name())))
                        .map(StateDict::inWords)
                        .toList();
        if (!differences.isEmpty()) {
            throw new CheckpointException(
                    "%s does not hold %s, %s %s: %s%s"
                            .formatted(
                                    path,
                                    network,
                                    Amount.of(differences.size(), "tensor"),
                                    differences.size() == 1 ? "differs" : "differ",
                                    String.join(
                                            "; ",
                                            differences.subList(
                                                    0, Math.min(NAMED, differences.size()))),
                                    differences.size() > NAMED ? "; …" : ""));
        }
        parameters.forEach(
                (name, parameter) ->
                        parameter.setInitializer(
                                (manager, shape, type) -> read(manager, name, shape)));
    }

    private static String inWords(TensorDifference difference) {
        if (difference instanceof Misshapen tensor) {
            return "%s has shape %s instead of %s"
                    .formatted(tensor.name(), tensor.found(), tensor.expected());
        }
        return difference instanceof Missing
                ? "%s is missing".formatted(difference.name())
                : "%s is surplus".formatted(SafetensorsHeader.shown(difference.name()));
    }

    private NDArray read(NDManager manager, String name, Shape shape) {
        try {
            return manager.create(values.read(name), shape);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes the file; arrays that were read stay valid. */
    @Override
    public void close() throws IOException {
        file.close();
    }
}
