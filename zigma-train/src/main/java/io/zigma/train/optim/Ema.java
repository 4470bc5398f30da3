package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Exponential moving average of the weights: average ← decay·average + (1 − decay)·weight, in
 * float32 and in place. It begins as a copy of the weights.
 */
public final class Ema implements AutoCloseable {

    private final EmaConfig config;
    private final NDManager manager;
    private final Map<String, NDArray> parameters;
    private final Map<String, NDArray> averages;
    private final float[] average = new float[Tiles.SIZE];
    private final float[] weight = new float[Tiles.SIZE];
    private long updates;

    /**
     * Starts an average at the present weights.
     *
     * @param config the decay
     * @param parameters all weights by name, those that are not trained included; float32
     * @param parent the averages live in a sub-manager of it until {@link #close}
     */
    public Ema(EmaConfig config, Map<String, NDArray> parameters, NDManager parent) {
        this.config = config;
        this.manager = parent.newSubManager();
        this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        Map<String, NDArray> copies = new LinkedHashMap<>();
        parameters.forEach(
                (name, array) -> {
                    try (NDArray detached = array.stopGradient()) {
                        NDArray copy = detached.duplicate();
                        copy.attach(manager);
                        copies.put(name, copy);
                    }
                });
        this.averages = Collections.unmodifiableMap(copies);
    }

    /** Moves the average towards the present weights by one step. */
    public void update() {
        double decay = config.decayAt(updates++);
        parameters.forEach(
                (name, parameter) -> {
                    NDArray mean = averages.get(name);
                    if (Tiles.reaches(parameter)) {
                        updateInMemory(mean, parameter, (float) decay, (float) (1 - decay));
                    } else {
                        updateOnDevice(mean, parameter, decay);
                    }
                });
    }

    private void updateInMemory(NDArray mean, NDArray parameter, float older, float newer) {
        FloatBuffer means = Tiles.memory(mean);
        FloatBuffer weights = Tiles.memory(parameter);
        int size = means.capacity();
        for (int start = 0; start < size; start += Tiles.SIZE) {
            int count = Math.min(Tiles.SIZE, size - start);
            means.get(start, average, 0, count);
            weights.get(start, weight, 0, count);
            for (int i = 0; i < count; i++) {
                average[i] = average[i] * older + weight[i] * newer;
            }
            means.put(start, average, 0, count);
        }
    }

    private static void updateOnDevice(NDArray mean, NDArray parameter, double decay) {
        try (NDArray detached = parameter.stopGradient();
                NDArray share = detached.mul(1 - decay)) {
            mean.muli(decay).addi(share);
        }
    }

    /**
     * Returns the averaged weights.
     *
     * @return live arrays by parameter name; not to be changed or closed
     */
    public Map<String, NDArray> averages() {
        return averages;
    }

    /**
     * Takes up where a checkpoint left off.
     *
     * @param updatesMade updates that led to these averages
     * @param values the averages by name; copied
     * @throws IllegalArgumentException if one is missing or has another shape
     */
    public void restore(long updatesMade, Map<String, NDArray> values) {
        NamedArrays.copyAll("average", values, averages);
        updates = updatesMade;
    }

    @Override
    public void close() {
        manager.close();
    }
}
