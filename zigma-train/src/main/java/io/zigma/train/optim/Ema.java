package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Exponential moving average of the weights: average ← decay·average + (1 − decay)·weight, in
 * float32 and in place. It begins as a copy of the weights.
 */
public final class Ema {

    /** The name of weights that lie in one array. */
    static final String ALL = "all";

    private final EmaConfig config;
    private final Map<String, NDArray> parameters;
    private final Map<String, NDArray> averages;
    private final Set<String> moving;
    private final RunningMean mean;
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
        this(config, parameters, averages, moving, new RunningMean());
    }

    private Ema(
            EmaConfig config,
            Map<String, NDArray> parameters,
            Map<String, NDArray> averages,
            Set<String> moving,
            RunningMean mean) {
        this.mean = mean;
        NamedArrays.copyAll("weight", parameters, averages);
        this.moving = Set.copyOf(moving);
        this.config = config;
        this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        this.averages = Collections.unmodifiableMap(new LinkedHashMap<>(averages));
    }

    /**
     * Starts an average of weights that lie in one array.
     *
     * @param config the decay
     * @param weights all of them
     * @param averages an array of the same shape; overwritten
     * @return the average, which has no other name
     */
    public static Ema ofOne(EmaConfig config, NDArray weights, NDArray averages) {
        return new Ema(
                config,
                Map.of(ALL, weights),
                Map.of(ALL, averages),
                Set.of(ALL),
                new RunningMean(true));
    }

    /** Moves the average towards the present weights by one step. */
    public void update() {
        double decay = config.decayAt(updates++);
        parameters.forEach(
                (name, parameter) -> {
                    if (!moving.contains(name)) {
                        return;
                    }
                    mean.move(averages.get(name), parameter, decay);
                });
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
        continueAfter(updatesMade);
    }

    /**
     * Takes up with averages that are there already.
     *
     * @param updatesMade updates that led to them
     */
    public void continueAfter(long updatesMade) {
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
