package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), in the order and with
 * the bias correction of torch's AdamW.
 *
 * <p>Weights and both moments are changed in place in float32. On the CPU one pass over the memory
 * does the whole update, without allocating; element by element, so that the result does not depend
 * on threads. Elsewhere the engine's own update runs on the device.
 */
public final class AdamW implements Optimizer {

    private final AdamWConfig config;
    private final NDManager manager;
    private final Map<String, NDArray> parameters;
    private final Map<String, NDArray> firstMoments;
    private final Map<String, NDArray> secondMoments;
    private final float[] weight = new float[Tiles.SIZE];
    private final float[] gradientTile = new float[Tiles.SIZE];
    private final float[] first = new float[Tiles.SIZE];
    private final float[] second = new float[Tiles.SIZE];
    private long steps;

    /**
     * Makes an optimiser with zero moments.
     *
     * @param config betas, epsilon, weight decay
     * @param parameters the arrays to train by name; float32, contiguous
     * @param parent the moments live in a sub-manager of it until {@link #close}
     */
    public AdamW(AdamWConfig config, Map<String, NDArray> parameters, NDManager parent) {
        this.config = config;
        this.manager = parent.newSubManager();
        this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        this.firstMoments = zeros();
        this.secondMoments = zeros();
    }

    private Map<String, NDArray> zeros() {
        Map<String, NDArray> moments = new LinkedHashMap<>();
        parameters.forEach(
                (name, array) -> {
                    // zeros() needs the device said: a manager's own may differ from the weights'.
                    NDArray zero =
                            manager.zeros(array.getShape(), array.getDataType(), array.getDevice());
                    moments.put(name, zero);
                });
        return Collections.unmodifiableMap(moments);
    }

    @Override
    public void step(Map<String, NDArray> gradients, double rate) {
        steps++;
        double correction1 = 1 - Math.pow(config.beta1(), steps);
        double correction2 = Math.sqrt(1 - Math.pow(config.beta2(), steps));
        parameters.forEach(
                (name, parameter) -> {
                    NDArray gradient = gradients.get(name);
                    if (gradient == null) {
                        throw new IllegalArgumentException("no gradient was given for " + name);
                    }
                    boolean decays = config.scope().decays(name, parameter.getShape());
                    double decay = decays ? config.weightDecay() : 0;
                    NDArray m = moment(firstMoments, name);
                    NDArray v = moment(secondMoments, name);
                    if (Tiles.reaches(parameter)) {
                        stepInMemory(
                                parameter, gradient, m, v, rate, decay, correction1, correction2);
                    } else {
                        stepOnDevice(parameter, gradient, m, v, config, rate, decay, steps);
                    }
                });
    }

    private void stepInMemory(
            NDArray parameter,
            NDArray gradient,
            NDArray m,
            NDArray v,
            double rate,
            double decay,
            double correction1,
            double correction2) {
        FloatBuffer weights = Tiles.memory(parameter);
        FloatBuffer gradients = Tiles.memory(gradient);
        FloatBuffer firsts = Tiles.memory(m);
        FloatBuffer seconds = Tiles.memory(v);
        float retained = (float) (1 - rate * decay);
        float newer1 = (float) (1 - config.beta1());
        float older2 = (float) config.beta2();
        float newer2 = (float) (1 - config.beta2());
        float move = (float) (rate / correction1);
        float root = (float) correction2;
        float epsilon = (float) config.epsilon();
        int size = weights.capacity();
        for (int start = 0; start < size; start += Tiles.SIZE) {
            int count = Math.min(Tiles.SIZE, size - start);
            weights.get(start, weight, 0, count);
            gradients.get(start, gradientTile, 0, count);
            firsts.get(start, first, 0, count);
            seconds.get(start, second, 0, count);
            for (int i = 0; i < count; i++) {
                float g = gradientTile[i];
                float mean = first[i] + newer1 * (g - first[i]);
                float square = second[i] * older2 + newer2 * g * g;
                first[i] = mean;
                second[i] = square;
                weight[i] =
                        weight[i] * retained
                                - move * (mean / ((float) Math.sqrt(square) / root + epsilon));
            }
            weights.put(start, weight, 0, count);
            firsts.put(start, first, 0, count);
            seconds.put(start, second, 0, count);
        }
    }

    /**
     * The engine divides by √v + ε with the corrections folded into the rate; ε scaled by √(1 −
     * β₂ᵗ) makes that the same quotient as torch's √v / √(1 − β₂ᵗ) + ε.
     */
    static void stepOnDevice(
            NDArray parameter,
            NDArray gradient,
            NDArray m,
            NDArray v,
            AdamWConfig config,
            double rate,
            double decay,
            long steps) {
        double correction1 = 1 - Math.pow(config.beta1(), steps);
        double correction2 = Math.sqrt(1 - Math.pow(config.beta2(), steps));
        parameter
                .getNDArrayInternal()
                .adamUpdate(
                        new NDList(parameter, gradient, m, v),
                        new NDList(parameter),
                        (float) rate,
                        (float) (rate * correction2 / correction1),
                        (float) decay,
                        1f,
                        -1f, // a negative bound switches DJL's one-sided clip off
                        (float) config.beta1(),
                        (float) config.beta2(),
                        (float) (config.epsilon() * correction2),
                        true,
                        true);
    }

    private static NDArray moment(Map<String, NDArray> moments, String name) {
        NDArray moment = moments.get(name);
        if (moment == null) {
            throw new IllegalArgumentException("the optimiser does not know " + name);
        }
        return moment;
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public Map<String, NDArray> firstMoments() {
        return firstMoments;
    }

    @Override
    public Map<String, NDArray> secondMoments() {
        return secondMoments;
    }

    @Override
    public void restore(long stepsTaken, Map<String, NDArray> first, Map<String, NDArray> second) {
        NamedArrays.copyAll("first moment", first, firstMoments);
        NamedArrays.copyAll("second moment", second, secondMoments);
        steps = stepsTaken;
    }

    @Override
    public void close() {
        manager.close();
    }
}
