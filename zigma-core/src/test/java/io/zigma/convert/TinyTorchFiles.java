package io.zigma.convert;

import ai.djl.ndarray.NDManager;
import io.zigma.backbone.Backbone;
import io.zigma.backbone.BackboneSpec;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.convert.PickleBytes.Saved;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Official checkpoints of untrained models that a test can afford. */
public final class TinyTorchFiles {

    private final Map<String, Object> root = new LinkedHashMap<>();
    private final Map<String, byte[]> storages = new LinkedHashMap<>();

    /** Starts with an empty dictionary. */
    public TinyTorchFiles() {}

    /**
     * Adds a set of weights.
     *
     * @param key {@code model} or {@code ema}; empty for a file that is nothing but a state_dict
     * @param prefix put before every name
     * @param shape the model's shape
     * @param seed decides the weights, as in {@link TinyCheckpoints#model}
     * @return this
     */
    public TinyTorchFiles weights(String key, String prefix, BackboneSpec shape, long seed) {
        return weights(
                key.isEmpty() ? List.of() : List.of(key), name -> prefix + name, shape, seed);
    }

    /**
     * Adds a set of weights to a dictionary in dictionaries.
     *
     * @param keys its path; none for the root
     * @param naming what each name becomes
     * @param shape the model's shape
     * @param seed decides the weights, as in {@link TinyCheckpoints#model}
     * @return this
     */
    @SuppressWarnings("unchecked") // only dictionaries were put there
    public TinyTorchFiles weights(
            List<String> keys, UnaryOperator<String> naming, BackboneSpec shape, long seed) {
        Map<String, Object> state = root;
        for (String key : keys) {
            state =
                    (Map<String, Object>)
                            state.computeIfAbsent(key, k -> new LinkedHashMap<String, Object>());
        }
        Map<String, Object> target = state;
        try (NDManager manager = NDManager.newBaseManager()) {
            Backbone model = TinyCheckpoints.model(shape, seed, manager);
            model.namedParameters()
                    .forEach(
                            (name, parameter) -> {
                                String storage = Integer.toString(storages.size());
                                storages.put(
                                        storage,
                                        TorchBytes.floats(parameter.getArray().toFloatArray()));
                                target.put(
                                        naming.apply(name),
                                        Saved.floats(
                                                storage,
                                                parameter.getArray().getShape().getShape()));
                            });
        }
        return this;
    }

    /**
     * Adds anything else.
     *
     * @param key such as {@code args}
     * @param value maps, lists, texts, numbers and truth values
     * @return this
     */
    public TinyTorchFiles with(String key, @Nullable Object value) {
        root.put(key, value);
        return this;
    }

    /**
     * Puts something into a dictionary of the root.
     *
     * @param key the dictionary
     * @param name the entry that is replaced or added
     * @param value as in {@link #with}
     * @return this
     */
    @SuppressWarnings("unchecked") // only dictionaries were put there
    public TinyTorchFiles in(String key, String name, Object value) {
        ((Map<String, Object>) root.get(key)).put(name, value);
        return this;
    }

    /**
     * Adds a number that a tensor of its own holds, as EMA classes count their updates.
     *
     * @param keys the path to its dictionary; none for the root
     * @param name its name
     * @param value the number
     * @return this
     */
    @SuppressWarnings("unchecked") // only dictionaries were put there
    public TinyTorchFiles counter(List<String> keys, String name, float value) {
        Map<String, Object> place = root;
        for (String key : keys) {
            place =
                    (Map<String, Object>)
                            place.computeIfAbsent(key, k -> new LinkedHashMap<String, Object>());
        }
        String storage = Integer.toString(storages.size());
        storages.put(storage, TorchBytes.floats(value));
        place.put(name, Saved.floats(storage, 1));
        return this;
    }

    /**
     * Adds any tensor.
     *
     * @param keys the path to its dictionary; none for the root
     * @param name its name
     * @param values its elements
     * @param sides its shape
     * @return this
     */
    @SuppressWarnings("unchecked") // only dictionaries were put there
    public TinyTorchFiles tensor(List<String> keys, String name, float[] values, long... sides) {
        Map<String, Object> place = root;
        for (String key : keys) {
            place =
                    (Map<String, Object>)
                            place.computeIfAbsent(key, k -> new LinkedHashMap<String, Object>());
        }
        String storage = Integer.toString(storages.size());
        storages.put(storage, TorchBytes.floats(values));
        place.put(name, Saved.floats(storage, sides));
        return this;
    }

    /**
     * Writes the legacy format.
     *
     * @param file where to
     * @return the file
     * @throws IOException if writing fails
     */
    public Path writeLegacy(Path file) throws IOException {
        return TorchBytes.legacy(file, PickleBytes.of(root), storages);
    }

    /**
     * Puts something that is no number in the place of the first weight of all.
     *
     * @return this
     */
    public TinyTorchFiles spoilt() {
        byte[] first = storages.values().iterator().next();
        System.arraycopy(TorchBytes.floats(Float.NaN), 0, first, 0, Float.BYTES);
        return this;
    }

    /**
     * Writes the zip format.
     *
     * @param file where to
     * @return the file
     * @throws IOException if writing fails
     */
    public Path write(Path file) throws IOException {
        return TorchBytes.zip(file, PickleBytes.of(root), storages);
    }
}
