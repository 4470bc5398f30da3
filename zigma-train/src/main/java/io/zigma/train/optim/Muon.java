package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.zigma.base.GradientMode;
import io.zigma.op.Precision;
import io.zigma.op.Scratch;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Momentum whose steps have all directions alike: the matrices of the layers move by their
 * orthogonalised momentum (Jordan et al. 2024), all other weights by AdamW.
 *
 * <p>A step of Muon is scaled by 0.2·√max(r, c), so that its elements are about as large as those
 * of AdamW's and one learning rate serves both (Liu et al. 2025, Muon is Scalable for LLM Training,
 * equation 4).
 */
public final class Muon implements Optimizer {

    /** Weight of the old momentum in a step, and Nesterov's look-ahead (Jordan et al.). */
    static final float MOMENTUM = 0.95f;

    /** Root mean square of an element of AdamW's steps, as Liu et al. measured it. */
    private static final double ADAMW_SIZE = 0.2;

    /**
     * Beginnings of names of weights that are no hidden layers: what goes in and comes out, and
     * what regresses modulations from one vector an image, of which a batch has few.
     */
    private static final List<String> OUTER =
            List.of("x_embedder.", "t_embedder.", "y_embedder.", "final_layer.");

    private static final String MODULATION = "adaLN_modulation";

    private final AdamWConfig config;
    private final Precision precision;
    private final NDManager manager;
    private final AdamW adamW;
    private final Map<String, NDArray> matrices = new LinkedHashMap<>();
    private final Map<String, NDArray> momenta = new LinkedHashMap<>();
    private final Map<String, NDArray> firstMoments;

    /**
     * Makes an optimiser without momentum.
     *
     * @param config AdamW's constants for what Muon does not take, and the weight decay of all
     * @param precision of the products by which momentum is orthogonalised
     * @param parameters the arrays to train by name; float32, contiguous
     * @param parent momentum lives in a sub-manager of it until {@link #close}
     */
    public Muon(
            AdamWConfig config,
            Precision precision,
            Map<String, NDArray> parameters,
            NDManager parent) {
        this.config = config;
        this.precision = precision;
        this.manager = parent.newSubManager();
        Map<String, NDArray> rest = new LinkedHashMap<>();
        parameters.forEach(
                (name, array) ->
                        (takes(name, array.getShape()) ? matrices : rest).put(name, array));
        adamW = new AdamW(config, rest, parent);
        Map<String, NDArray> all = new LinkedHashMap<>();
        parameters.forEach(
                (name, array) -> {
                    NDArray first = adamW.firstMoments().get(name);
                    if (first == null) {
                        first =
                                manager.zeros(
                                        array.getShape(), array.getDataType(), array.getDevice());
                        momenta.put(name, first);
                    }
                    all.put(name, first);
                });
        firstMoments = Collections.unmodifiableMap(all);
    }

    /**
     * Tells which weights are matrices of hidden layers.
     *
     * @param name the parameter's official state_dict name
     * @param shape its shape
     * @return true if Muon moves it, false if AdamW does
     */
    static boolean takes(String name, Shape shape) {
        return shape.dimension() == 2
                && Math.min(shape.get(0), shape.get(1)) > 1
                && name.endsWith(".weight")
                && !name.contains(MODULATION)
                && OUTER.stream().noneMatch(name::startsWith);
    }

    @Override
    public void step(Map<String, NDArray> gradients, double rate) {
        adamW.step(gradients, rate);
        matrices.forEach(
                (name, matrix) -> {
                    NDArray gradient = gradients.get(name);
                    if (gradient == null) {
                        throw new IllegalArgumentException("no gradient was given for " + name);
                    }
                    boolean decays = config.scope().decays(name, matrix.getShape());
                    double decay = decays ? config.weightDecay() : 0;
                    GradientMode.off(
                                    () ->
                                            move(
                                                    matrix,
                                                    gradient,
                                                    momenta.get(name),
                                                    rate,
                                                    1 - rate * decay))
                            .close();
                });
    }

    /**
     * M ← μ·M + (1 − μ)·G, W ← keep·W − rate·scale·orthogonalised((1 − μ)·G + μ·M), in place.
     *
     * @return the matrix
     */
    private NDArray move(
            NDArray matrix, NDArray gradient, NDArray momentum, double rate, double keep) {
        Shape shape = matrix.getShape();
        double scale = scale(shape);
        return Scratch.freed(
                () -> {
                    NDArray newer = gradient.mul(1 - MOMENTUM);
                    momentum.muli(MOMENTUM).addi(newer);
                    NDArray ahead = newer.add(momentum.mul(MOMENTUM));
                    NDArray change = NewtonSchulz.of(ahead, precision).muli((float) (rate * scale));
                    // without the flag that refuses changes of a leaf
                    NDArray weights = JniUtils.detachGradient((PtNDArray) matrix);
                    return weights.muli((float) keep).subi(change);
                });
    }

    /** Returns what makes the elements of an orthogonal matrix as large as AdamW's steps. */
    static double scale(Shape shape) {
        return ADAMW_SIZE * Math.sqrt(Math.max(shape.get(0), shape.get(1)));
    }

    @Override
    public long steps() {
        return adamW.steps();
    }

    /** {@inheritDoc} Those of the matrices are Muon's momentum. */
    @Override
    public Map<String, NDArray> firstMoments() {
        return firstMoments;
    }

    /** {@inheritDoc} The matrices have none. */
    @Override
    public Map<String, NDArray> secondMoments() {
        return adamW.secondMoments();
    }

    @Override
    public void restore(long stepsTaken, Map<String, NDArray> first, Map<String, NDArray> second) {
        Map<String, NDArray> own = new LinkedHashMap<>(first);
        own.keySet().retainAll(momenta.keySet());
        Map<String, NDArray> rest = new LinkedHashMap<>(first);
        rest.keySet().removeAll(momenta.keySet());
        NamedArrays.copyAll("momentum", own, momenta);
        adamW.restore(stepsTaken, rest, second);
    }

    @Override
    public void close() {
        adamW.close();
        manager.close();
    }
}
