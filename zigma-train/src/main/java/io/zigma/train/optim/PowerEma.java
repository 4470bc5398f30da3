package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Averages of the weights with power profiles, of which snapshots are kept so that the length can
 * be chosen after training ({@link PosthocAverage}). In float32 and in place.
 */
public final class PowerEma implements AutoCloseable {

    private final NDManager manager;
    private final Map<String, NDArray> parameters;
    private final List<Average> all = new ArrayList<>();
    private final Map<String, NDArray> named = new LinkedHashMap<>();
    private final RunningMean mean;

    private record Average(double gamma, Map<String, NDArray> weights) {}

    /**
     * Makes averages, which the first update sets.
     *
     * @param lengths relative lengths, see {@link PowerProfile}; none for no average
     * @param parameters the weights that are trained, by name; float32, contiguous
     * @param parent averages live in a sub-manager of it until {@link #close}
     */
    public PowerEma(List<Double> lengths, Map<String, NDArray> parameters, NDManager parent) {
        this(lengths, parameters, parent, new RunningMean());
    }

    /**
     * Makes averages of weights that lie in one array.
     *
     * @param lengths relative lengths, see {@link PowerProfile}; none for no average
     * @param weights all of them, float32
     * @param parent averages live in a sub-manager of it until {@link #close}
     * @return the averages, of which {@link #ofOne(double)} gives each
     */
    public static PowerEma ofOne(List<Double> lengths, NDArray weights, NDManager parent) {
        return new PowerEma(lengths, Map.of(Ema.ALL, weights), parent, new RunningMean(true));
    }

    private PowerEma(
            List<Double> lengths,
            Map<String, NDArray> parameters,
            NDManager parent,
            RunningMean mean) {
        this.mean = mean;
        this.manager = parent.newSubManager();
        this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        for (double length : lengths) {
            Map<String, NDArray> weights = new LinkedHashMap<>();
            parameters.forEach(
                    (name, array) -> {
                        NDArray zero =
                                manager.zeros(
                                        array.getShape(), array.getDataType(), array.getDevice());
                        weights.put(name, zero);
                        named.put(name(length, name), zero);
                    });
            all.add(new Average(new PowerProfile(length).gamma(), weights));
        }
    }

    /**
     * Returns the name under which an average of a weight is saved.
     *
     * @param length the average's relative length
     * @param weight the weight's name
     * @return such as {@code 0.05/norm_f.weight}
     */
    public static String name(double length, String weight) {
        return length + "/" + weight;
    }

    /**
     * Moves all averages towards the present weights.
     *
     * @param step steps taken, this one included, at least 1
     */
    public void update(long step) {
        for (Average average : all) {
            double decay = PowerProfile.decayAt(average.gamma(), step);
            parameters.forEach(
                    (name, weight) -> mean.move(average.weights().get(name), weight, decay));
        }
    }

    /**
     * Returns all averages.
     *
     * @return live arrays under the names of {@link #name}; not to be changed or closed
     */
    public Map<String, NDArray> averages() {
        return Collections.unmodifiableMap(named);
    }

    /**
     * Returns an average of weights that lie in one array.
     *
     * @param length its relative length
     * @return the live array, of the shape of the weights
     * @throws IllegalArgumentException if there is none of that length
     */
    public NDArray ofOne(double length) {
        NDArray average = named.get(name(length, Ema.ALL));
        if (average == null) {
            throw new IllegalArgumentException("there is no average of length " + length);
        }
        return average;
    }

    /**
     * Takes up where a checkpoint left off.
     *
     * @param values what {@link #averages} returned then; copied
     * @throws IllegalArgumentException if one is missing or has another shape
     */
    public void restore(Map<String, NDArray> values) {
        NamedArrays.copyAll("power average", values, named);
    }

    /** Frees the averages. */
    @Override
    public void close() {
        manager.close();
    }
}
