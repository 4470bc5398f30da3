package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Exponential moving average of the weights: average ← decay·average + (1 − decay)·weight, in
 * float32 and in place. It begins as a copy of the weights.
 */
public final class Ema {

    private final EmaConfig config;
    private final Map<String, NDArray> parameters;
    private final Map<String, NDArray> averages;
    private final Set<String> moving;
    private final float[] average = new float[Tiles.SIZE];
    private final float[] weight = new float[Tiles.SIZE];
    private long updates;

    /**
     * Starts an average at the present weights.
     *
     * @param config the decay
     * @param parameters all weights by name, those that are not trained included; float32
     * @param averages arrays for the averages, such as the weights of a second model; overwritten
     * @throws IllegalArgumentException if the two have not the same names and shapes
     */
    public Ema(EmaConfig config, Map<String, NDArray> parameters, Map<String, NDArray> averages) {
        this(config, parameters, averages, parameters.keySet());
    }

    /**
     * Starts an average at the present weights, some of which will not change. Their averages are
     * left alone: decay·w + (1 − decay)·w is not w when it is rounded.
     *
     * @param config the decay
     * @param parameters all weights by name, those that are not trained included; float32
     * @param averages arrays for the averages, such as the weights of a second model; overwritten
     * @param moving names of the weights that are trained
     * @throws IllegalArgumentException if the two have not the same names and shapes
     */
    public Ema(
            EmaConfig config,
            Map<String, NDArray> parameters,
            Map<String, NDArray> averages,
            Set<String> moving) {
        NamedArrays.copyAll("weight", parameters, averages);
        this.moving = Set.copyOf(moving);
        this.config = config;
        this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        this.averages = Collections.unmodifiableMap(new LinkedHashMap<>(averages));
    }

    /** Moves the average towards the present weights by one step. */
    public void update() {
        double decay = config.decayAt(updates++);
        parameters.forEach(
                (name, parameter) -> {
                    if (!moving.contains(name)) {
                        return;
                    }
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
                NDArray part = detached.mul(1 - decay)) {
            mean.muli(decay).addi(part);
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

    /**
     * Returns how many updates were made, which the warm-up depends on.
     *
     * @return updates, those before a restore included
     */
    public long updates() {
        return updates;
    }
}
