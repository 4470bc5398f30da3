package io.zigma.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Named tensors of somebody else's network, in a safetensors file or one of {@code torch.save} that
 * holds nothing but a state_dict. Reading runs nothing of what the file holds.
 */
public final class StateDict implements AutoCloseable {

    private static final int NAMED = 5;

    private final Path path;
    private final Source source;

    /** What the two kinds of file have in common. */
    private interface Source extends AutoCloseable {

        Set<String> names();

        long[] shape(String name) throws IOException;

        float[] floats(String name) throws IOException;

        @Override
        void close() throws IOException;
    }

    private record Safetensors(SafetensorsFile file) implements Source {

        @Override
        public Set<String> names() {
            return file.names();
        }

        @Override
        public long[] shape(String name) throws IOException {
            return file.shape(name);
        }

        @Override
        public float[] floats(String name) throws IOException {
            return file.floats(name);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private record Torch(TorchCheckpoint file, Map<String, TorchTensor> tensors) implements Source {

        @Override
        public Set<String> names() {
            return tensors.keySet();
        }

        @Override
        public long[] shape(String name) {
            return tensors.get(name).sides();
        }

        @Override
        public float[] floats(String name) throws IOException {
            return file.floats(name, tensors.get(name));
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private StateDict(Path path, Source source) {
        this.path = path;
        this.source = source;
    }

    /**
     * Opens a file of either kind; its first bytes tell which.
     *
     * @param path the file
     * @return the open file; tensors are read when they are asked for
     * @throws IOException if it is missing, damaged or something else
     */
    public static StateDict open(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException("%s: there is no such file".formatted(path));
        }
        byte[] beginning;
        try (InputStream bytes = Files.newInputStream(path)) {
            beginning = bytes.readNBytes(9);
        }
        // a safetensors file starts with the length of its header, then the header's brace
        if (beginning.length == 9 && beginning[8] == '{') {
            return new StateDict(path, new Safetensors(SafetensorsFile.open(path)));
        }
        TorchCheckpoint file = TorchCheckpoint.open(path);
        try {
            return new StateDict(path, new Torch(file, file.tensors(TorchWeights.RAW)));
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
        return source.names();
    }

    /**
     * Returns the shape of a tensor.
     *
     * @param name one of {@link #names()}
     * @return its sides
     * @throws IOException if there is no such tensor
     */
    public long[] shape(String name) throws IOException {
        if (!names().contains(name)) {
            throw new CheckpointException("%s holds no tensor %s".formatted(path, name));
        }
        return source.shape(name);
    }

    /**
     * Makes parameters start with the values of this file: they are read when the network is
     * initialised, and this must stay open until then.
     *
     * @param network what it is, for a refusal
     * @param parameters all of the network's, by official name
     * @param ignored tells which other tensors may be there
     * @throws CheckpointException if a tensor is missing, surplus or of another shape; the message
     *     names the first few
     * @throws IOException if the file cannot be read
     */
    public void feed(String network, Map<String, Parameter> parameters, Predicate<String> ignored)
            throws IOException {
        List<String> differences = new ArrayList<>();
        for (Map.Entry<String, Parameter> entry : parameters.entrySet()) {
            String name = entry.getKey();
            long[] sides = entry.getValue().getShape().getShape();
            if (!names().contains(name)) {
                differences.add("%s is missing".formatted(name));
            } else if (!Arrays.equals(source.shape(name), sides)) {
                differences.add(
                        "%s has shape %s instead of %s"
                                .formatted(
                                        name,
                                        Arrays.toString(source.shape(name)),
                                        Arrays.toString(sides)));
            }
        }
        names().stream()
                .filter(name -> !parameters.containsKey(name) && !ignored.test(name))
                .forEach(
                        name ->
                                differences.add(
                                        "%s is surplus".formatted(SafetensorsHeader.shown(name))));
        if (!differences.isEmpty()) {
            throw new CheckpointException(
                    "%s does not hold %s, %d tensors differ: %s%s"
                            .formatted(
                                    path,
                                    network,
                                    differences.size(),
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

    private NDArray read(NDManager manager, String name, Shape shape) {
        try {
            return manager.create(source.floats(name), shape);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes the file; arrays that were read stay valid. */
    @Override
    public void close() throws IOException {
        source.close();
    }
}
