package io.zigma.convert;

import ai.djl.ndarray.NDManager;
import io.zigma.backbone.zigma.ZigMa;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.convert.PickleBytes.Saved;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Official checkpoints of untrained models that a test can afford. */
public final class TinyTorchFiles {

    private final Map<String, Object> root = new LinkedHashMap<>();
    private final Map<String, byte[]> storages = new LinkedHashMap<>();

    /** Begins with an empty dictionary. */
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
    public TinyTorchFiles weights(String key, String prefix, ZigMaConfig shape, long seed) {
        Map<String, Object> state = new LinkedHashMap<>();
        try (NDManager manager = NDManager.newBaseManager()) {
            ZigMa model = TinyCheckpoints.model(shape, seed, manager);
            model.namedParameters()
                    .forEach(
                            (name, parameter) -> {
                                String storage = Integer.toString(storages.size());
                                storages.put(
                                        storage,
                                        TorchBytes.floats(parameter.getArray().toFloatArray()));
                                state.put(
                                        prefix + name,
                                        Saved.floats(
                                                storage,
                                                parameter.getArray().getShape().getShape()));
                            });
        }
        if (key.isEmpty()) {
            root.putAll(state);
        } else {
            root.put(key, state);
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
    public TinyTorchFiles with(String key, Object value) {
        root.put(key, value);
        return this;
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
