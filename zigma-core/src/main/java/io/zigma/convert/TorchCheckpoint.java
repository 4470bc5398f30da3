package io.zigma.convert;

import io.zigma.backbone.BackboneSpec;
import io.zigma.convert.PickleValue.Bool;
import io.zigma.convert.PickleValue.Bytes;
import io.zigma.convert.PickleValue.Dictionary;
import io.zigma.convert.PickleValue.Instance;
import io.zigma.convert.PickleValue.Int;
import io.zigma.convert.PickleValue.Items;
import io.zigma.convert.PickleValue.NumpyType;
import io.zigma.convert.PickleValue.Opaque;
import io.zigma.convert.PickleValue.Scalar;
import io.zigma.convert.PickleValue.Text;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.Prediction;
import io.zigma.io.SafetensorsHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A file of {@code torch.save} with a model's weights in it: a checkpoint of the official training
 * program (official {@code train_acc.py}: a dictionary of {@code model}, {@code ema}, {@code opt},
 * {@code args} and {@code train_steps}), one of another program, or nothing but a state_dict; or a
 * TorchScript program, of which the weights alone are read.
 *
 * <p>Reading executes nothing from the file: only data is read, and what else a program saved
 * beside its weights is skipped. The optimiser's state is not read.
 */
public final class TorchCheckpoint implements ForeignCheckpoint {

    /** Names under which programs save the number of training steps. */
    private static final List<String> STEPS = List.of("train_steps", "global_step", "step");

    /** How deep nested dictionaries are searched. */
    private static final int DEEPEST = 6;

    private static final int SHOWN = 20;

    private final TorchFile file;
    private final Dictionary root;
    private final Optional<TorchArguments> arguments;

    private TorchCheckpoint(TorchFile file) throws TorchException {
        this.file = file;
        if (file.root() instanceof ScriptModule program) {
            root = program.state();
        } else if (file.root() instanceof Dictionary dictionary) {
            root = dictionary;
        } else {
            throw new TorchException(
                    "%s holds no dictionary; a checkpoint is one".formatted(file.path()));
        }
        arguments = root.get("args").map(args -> new TorchArguments(file.path(), args));
    }

    /**
     * Opens a checkpoint.
     *
     * @param path a zip or legacy file of {@code torch.save}
     * @return the open checkpoint; its tensors are read on demand
     * @throws TorchException if the file is missing, damaged, something else, or refers to more
     *     than data
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
    public Optional<BackboneSpec> model() throws IOException {
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
        return arguments.isPresent() ? arguments.get().label("model.name") : Optional.empty();
    }

    @Override
    public Optional<String> dataName() throws TorchException {
        return arguments.isPresent() ? arguments.get().label("data.name") : Optional.empty();
    }

    @Override
    public Optional<Long> trainSteps() {
        return STEPS.stream()
                .flatMap(key -> root.get(key).stream())
                .flatMap(
                        steps ->
                                steps instanceof Int number
                                                && number.value().bitLength() < Long.SIZE
                                        ? Stream.of(number.value().longValue())
                                        : Stream.empty())
                .findFirst();
    }

    @Override
    public Set<String> passedOver() {
        return file.foreign();
    }

    @Override
    public List<Map<String, long[]>> shapes() {
        return places().stream().map(place -> StateDictNames.shapes(place.tensors())).toList();
    }

    @Override
    public List<Map<String, ReadableTensor>> states() {
        return places().stream().map(place -> readable(place.tensors())).toList();
    }

    private Map<String, ReadableTensor> readable(Map<String, TorchTensor> tensors) {
        Map<String, ReadableTensor> readable = new LinkedHashMap<>();
        StateDictNames.unwrapped(tensors)
                .forEach((name, tensor) -> readable.put(name, new Readable(name, tensor)));
        return readable;
    }

    /** A tensor of this file. */
    private final class Readable implements ReadableTensor {

        private final String name;
        private final TorchTensor tensor;

        Readable(String name, TorchTensor tensor) {
            this.name = name;
            this.tensor = tensor;
        }

        @Override
        public List<Long> shape() {
            return tensor.shape();
        }

        @Override
        public float[] floats() throws IOException {
            requirePlausible(Map.of(name, tensor));
            return TorchCheckpoint.this.floats(name, tensor);
        }
    }

    @Override
    public ModelWeights weights(Optional<TorchWeights> which, BackboneSpec config)
            throws IOException {
        WeightSet<TorchTensor> set =
                new WeightSearch<TorchTensor>(
                                file.path(), config.create(0).namedParameters().keySet())
                        .choose(which, places());
        requirePlausible(set.tensors());
        return ModelWeights.of(new ForeignWeights<>(file.path(), set, this::floats), config);
    }

    /** Closes the file; arrays that were read stay valid. */
    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Reads a floating-point tensor of {@link #tensors}; the name is for error messages. */
    float[] floats(String name, TorchTensor tensor) throws IOException {
        return file.floats(name, tensor);
    }

    /**
     * Returns all tensors of the file's largest dictionary of tensors, wrappers removed from their
     * names; of EMA and raw weights, the raw ones.
     */
    Map<String, TorchTensor> tensors() throws TorchException {
        return places().stream()
                .filter(place -> !place.tensors().isEmpty())
                .min(
                        Comparator.<WeightSearch.Place<TorchTensor>>comparingInt(
                                        place -> -place.tensors().size())
                                .thenComparing(WeightSearch::isEma)
                                .thenComparingInt(place -> place.keys().size()))
                .map(place -> StateDictNames.unwrapped(place.tensors()))
                .orElseThrow(
                        () ->
                                new TorchException(
                                        "%s holds no tensors; it has %s"
                                                .formatted(
                                                        file.path(),
                                                        places().get(0).others().keySet().stream()
                                                                .limit(SHOWN)
                                                                .map(SafetensorsHeader::shown)
                                                                .toList())));
    }

    /** All dictionaries that are reached by text keys, the outermost first. */
    private List<WeightSearch.Place<TorchTensor>> places() {
        List<WeightSearch.Place<TorchTensor>> places = new ArrayList<>();
        collect(root, List.of(), places, Collections.newSetFromMap(new IdentityHashMap<>()));
        return places;
    }

    private static void collect(
            Dictionary dictionary,
            List<String> keys,
            List<WeightSearch.Place<TorchTensor>> places,
            Set<Dictionary> seen) {
        if (keys.size() > DEEPEST || !seen.add(dictionary)) {
            return;
        }
        Map<String, TorchTensor> tensors = new LinkedHashMap<>();
        Map<String, String> others = new LinkedHashMap<>();
        Map<String, Dictionary> inner = new LinkedHashMap<>();
        for (Map.Entry<Scalar, PickleValue> entry : dictionary.entries()) {
            if (entry.getKey() instanceof Text name) {
                if (entry.getValue() instanceof TorchTensor tensor) {
                    tensors.put(name.value(), tensor);
                } else {
                    others.put(name.value(), kind(entry.getValue()));
                }
                if (entry.getValue() instanceof Dictionary below) {
                    inner.put(name.value(), below);
                }
            }
        }
        places.add(new WeightSearch.Place<>(keys, tensors, others));
        inner.forEach(
                (name, below) ->
                        collect(
                                below,
                                Stream.concat(keys.stream(), Stream.of(name)).toList(),
                                places,
                                seen));
    }

    /** The type of a value in words, for error messages. */
    private static String kind(PickleValue value) {
        if (value instanceof Opaque opaque) {
            return SafetensorsHeader.shown(opaque.what());
        }
        if (value instanceof Dictionary) {
            return "a dictionary";
        }
        if (value instanceof Items items) {
            return items.isTuple() ? "a tuple" : "a list";
        }
        if (value instanceof Text) {
            return "a text";
        }
        if (value instanceof Bytes) {
            return "bytes";
        }
        if (value instanceof Bool) {
            return "true or false";
        }
        return value instanceof Instance
                        || value instanceof ScriptModule
                        || value instanceof PickleGlobal
                        || value instanceof NumpyType
                ? "an object"
                : "a number";
    }

    /** Every number takes a byte at least; only tensors with repeated elements could have more. */
    private void requirePlausible(Map<String, TorchTensor> found) throws TorchException {
        long left = file.size();
        for (TorchTensor tensor : found.values()) {
            if (tensor.elements() > left) {
                throw implausible();
            }
            left -= tensor.elements();
        }
    }

    private TorchException implausible() {
        return new TorchException(
                "%s: the weights would have more numbers than the file has bytes (%s)"
                        .formatted(file.path(), file.size()));
    }
}
