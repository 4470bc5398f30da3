package io.zigma.convert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.convert.PickleValue.Dictionary;
import io.zigma.convert.PickleValue.Int;
import io.zigma.convert.PickleValue.Scalar;
import io.zigma.convert.PickleValue.Text;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.Prediction;
import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A checkpoint of the official training program (official {@code train_acc.py}: a dictionary of
 * {@code model}, {@code ema}, {@code opt}, {@code args} and {@code train_steps} in a file of {@code
 * torch.save}), or a file that holds nothing but a state_dict.
 *
 * <p>Reading it runs nothing of what it holds: only data is read, and a file that asks for anything
 * else is refused with the name it asked for. The optimiser's state is left alone.
 */
public final class TorchCheckpoint implements ForeignCheckpoint {

    private final TorchFile file;
    private final Dictionary root;
    private final Optional<TorchArguments> arguments;

    private TorchCheckpoint(TorchFile file) throws TorchException {
        this.file = file;
        if (!(file.root() instanceof Dictionary dictionary)) {
            throw new TorchException(
                    "%s holds no dictionary; a checkpoint is one".formatted(file.path()));
        }
        root = dictionary;
        arguments = root.get("args").map(args -> new TorchArguments(file.path(), args));
    }

    /**
     * Opens a checkpoint.
     *
     * @param path a zip or legacy file of {@code torch.save}
     * @return the open checkpoint; its tensors are read when they are asked for
     * @throws TorchException if the file is missing, damaged, something else, or asks for more than
     *     data
     * @throws IOException if reading fails
     */
    public static TorchCheckpoint open(Path path) throws IOException {
        TorchFile file = TorchFile.open(path);
        try {
            return new TorchCheckpoint(file);
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    @Override
    public Optional<ZigMaConfig> model() throws TorchException {
        return arguments.isPresent() ? arguments.get().model() : Optional.empty();
    }

    @Override
    public Optional<InterpolantKind> interpolant() throws TorchException {
        return arguments.isPresent() ? arguments.get().interpolant() : Optional.empty();
    }

    @Override
    public Optional<Prediction> prediction() throws TorchException {
        return arguments.isPresent() ? arguments.get().prediction() : Optional.empty();
    }

    @Override
    public Optional<String> modelName() throws TorchException {
        return arguments.isPresent() ? arguments.get().text("model.name") : Optional.empty();
    }

    @Override
    public Optional<String> dataName() throws TorchException {
        return arguments.isPresent() ? arguments.get().text("data.name") : Optional.empty();
    }

    @Override
    public Optional<Long> trainSteps() {
        return root.get("train_steps")
                .map(
                        steps ->
                                steps instanceof Int number
                                                && number.value().bitLength() < Long.SIZE
                                        ? number.value().longValue()
                                        : null);
    }

    /**
     * Reads a set of weights, once it is sure that they are those of a model, name by name.
     *
     * @param which the average or the last step's
     * @param config the model's shape
     * @param manager owns the arrays
     * @return all parameters of the model by official name, float32, in the model's order
     * @throws CheckpointException if a tensor is missing, surplus or of another shape, where the
     *     message lists all that differ with both shapes; or if an element is not finite
     * @throws TorchException if a tensor is damaged or not floating point
     * @throws IOException if reading fails
     */
    public Map<String, NDArray> weights(TorchWeights which, BackboneSpec config, NDManager manager)
            throws IOException {
        Map<String, TorchTensor> found = tensors(which);
        requirePlausible(found);
        return new ForeignWeights<>(file.path(), found, this::floats).read(config, manager);
    }

    @Override
    public CheckpointFolder convert(TorchWeights which, CheckpointConfig config, Path folder)
            throws IOException {
        return NewFolder.of(folder)
                .write(config, manager -> weights(which, config.model(), manager));
    }

    /** Closes the file; arrays that were read stay valid. */
    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Reads a floating-point tensor of {@link #tensors}; the name is for a refusal. */
    float[] floats(String name, TorchTensor tensor) throws IOException {
        return file.floats(name, tensor);
    }

    /** Returns a set of weights by official name, the wrapper's prefix taken off. */
    Map<String, TorchTensor> tensors(TorchWeights which) throws TorchException {
        Map<String, TorchTensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<Scalar, PickleValue> entry : stateDict(which).entries()) {
            if (!(entry.getKey() instanceof Text name)
                    || !(entry.getValue() instanceof TorchTensor tensor)) {
                throw new TorchException(
                        "%s: '%s' holds something else than named tensors"
                                .formatted(file.path(), which.key()));
            }
            tensors.put(name.value(), tensor);
        }
        return StateDictNames.unwrapped(tensors);
    }

    private Dictionary stateDict(TorchWeights which) throws TorchException {
        Optional<PickleValue> named = root.get(which.key());
        if (named.isPresent() && named.get() instanceof Dictionary weights) {
            return weights;
        }
        boolean bare =
                !root.entries().isEmpty()
                        && root.entries().stream()
                                .allMatch(entry -> entry.getValue() instanceof TorchTensor);
        if (named.isEmpty() && bare) {
            return root;
        }
        throw new TorchException(
                "%s has no weights under '%s'; it has %s"
                        .formatted(
                                file.path(),
                                which.key(),
                                root.entries().stream()
                                        .map(Map.Entry::getKey)
                                        .map(key -> key instanceof Text text ? text.value() : "")
                                        .limit(20)
                                        .map(SafetensorsHeader::shown)
                                        .toList()));
    }

    /** What a hostile file claims must not be built before it is known to be possible. */
    private void requirePlausible(Map<String, TorchTensor> found) throws TorchException {
        boolean possible = true;
        // every number takes a byte at least; only tensors that repeat themselves could have more
        long left = file.size();
        for (TorchTensor tensor : found.values()) {
            possible &= tensor.elements() <= left;
            left -= Math.min(left, tensor.elements());
        }
        if (!possible) {
            throw new TorchException(
                    "%s: the weights would have more numbers than the file has bytes (%d)"
                            .formatted(file.path(), file.size()));
        }
    }
}
