package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.GradientMode;
import io.zigma.op.Constants;
import io.zigma.op.Precision;
import io.zigma.op.Scratch;
import io.zigma.train.optim.FlatLayout.Group;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * AdamW and Muon over weights that lie in one array: the same steps as {@link AdamW} and {@link
 * Muon} take, up to rounding, in a few operations for all weights together. Muon's matrices of the
 * same shape are orthogonalised at once.
 */
public final class FlatOptimizer implements Optimizer {

    private final FlatLayout layout;
    private final NDArray weights;
    private final Precision precision;
    private final NDManager manager;
    private final List<Mover> movers = new ArrayList<>();
    private final Map<String, NDArray> first = new LinkedHashMap<>();
    private final Map<String, NDArray> second = new LinkedHashMap<>();
    private long steps;

    /** Moves the weights of one group. */
    private interface Mover {

        void step(NDArray gradient, double rate);
    }

    /** How weights are updated. */
    private enum Rule {
        DECAYING,
        FREE,
        MATRIX
    }

    private record Key(Rule rule, Shape shape) {}

    /** A group of a layout, and how its weights are updated. */
    private record Plan(FlatLayout layout, List<Rule> rules) {}

    /**
     * Lays weights out so that those that are updated alike lie side by side.
     *
     * @param kind the optimiser
     * @param config AdamW's constants, of which the scope of weight decay counts
     * @param weights all trained weights by name
     * @return where they go
     */
    public static FlatLayout layout(
            OptimizerKind kind, AdamWConfig config, Map<String, NDArray> weights) {
        return plan(kind, config, weights).layout();
    }

    private static Plan plan(OptimizerKind kind, AdamWConfig config, Map<String, NDArray> weights) {
        Map<Key, Map<String, Shape>> groups = new LinkedHashMap<>();
        weights.forEach(
                (name, array) -> {
                    Shape shape = array.getShape();
                    Key key;
                    if (kind == OptimizerKind.MUON && Muon.takes(name, shape)) {
                        key = new Key(Rule.MATRIX, shape);
                    } else {
                        boolean decays = config.scope().decays(name, shape);
                        key = new Key(decays ? Rule.DECAYING : Rule.FREE, new Shape());
                    }
                    groups.computeIfAbsent(key, k -> new LinkedHashMap<>()).put(name, shape);
                });
        return new Plan(
                new FlatLayout(List.copyOf(groups.values())),
                groups.keySet().stream().map(Key::rule).toList());
    }

    /**
     * Makes an optimiser that has seen no gradient.
     *
     * @param kind AdamW, or Muon for the matrices
     * @param config AdamW's constants, and the weight decay of all
     * @param precision of Muon's matrix products
     * @param named the trained weights by name, which decide the {@link #layout}
     * @param weights the same in one array of that layout, which steps change in place; no gradient
     *     is recorded of it
     * @param parent what it remembers lives in a sub-manager of it until {@link #close}
     */
    public FlatOptimizer(
            OptimizerKind kind,
            AdamWConfig config,
            Precision precision,
            Map<String, NDArray> named,
            NDArray weights,
            NDManager parent) {
        Plan plan = plan(kind, config, named);
        this.layout = plan.layout();
        this.weights = weights;
        this.precision = precision;
        this.manager = parent.newSubManager();
        NDList parts = layout.parts(weights);
        for (int i = 0; i < parts.size(); i++) {
            Group group = layout.groups().get(i);
            NDArray part = parts.get(i);
            movers.add(
                    switch (plan.rules().get(i)) {
                        case DECAYING -> adamW(config, config.weightDecay(), group, part);
                        case FREE -> adamW(config, 0, group, part);
                        case MATRIX -> muon(config, group, part);
                    });
        }
    }

    private Mover adamW(AdamWConfig config, double decay, Group group, NDArray part) {
        NDArray m = manager.zeros(part.getShape(), part.getDataType(), part.getDevice());
        NDArray v = manager.zeros(part.getShape(), part.getDataType(), part.getDevice());
        first.putAll(group.views(m));
        second.putAll(group.views(v));
        return (gradient, rate) ->
                AdamW.stepOnDevice(part, gradient, m, v, config, rate, decay, steps);
    }

    private Mover muon(AdamWConfig config, Group group, NDArray part) {
        NDArray momentum = manager.zeros(part.getShape(), part.getDataType(), part.getDevice());
        first.putAll(group.views(momentum));
        boolean decays = config.scope().decays(group.name(), group.shape());
        double decay = decays ? config.weightDecay() : 0;
        double scale = Muon.scale(group.shape());
        return (gradient, rate) ->
                Scratch.freed(
                                () -> {
                                    NDArray newer = Constants.mul(gradient, 1 - Muon.MOMENTUM);
                                    Constants.muli(momentum, Muon.MOMENTUM).addi(newer);
                                    NDArray ahead =
                                            newer.add(Constants.mul(momentum, Muon.MOMENTUM));
                                    NDArray change =
                                            NewtonSchulz.ofAll(group.stacked(ahead), precision);
                                    Constants.muli(part, 1 - rate * decay);
                                    NDArray rows = group.rows(part);
                                    rows.subi(
                                            Constants.mul(change, rate * scale)
                                                    .reshape(rows.getShape()));
                                    return rows;
                                })
                        .close();
    }

    /**
     * Moves every weight one step.
     *
     * @param gradients of all weights, in the layout of the weights; left unchanged
     * @param rate learning rate of this step
     */
    public void step(NDArray gradients, double rate) {
        steps++;
        GradientMode.off(
                () -> {
                    NDList parts = layout.parts(gradients);
                    try (parts) {
                        for (int i = 0; i < movers.size(); i++) {
                            movers.get(i).step(parts.get(i), rate);
                        }
                    }
                    return weights;
                });
    }

    @Override
    public void step(Map<String, NDArray> gradients, double rate) {
        try (NDArray flat = layout.gathered(gradients)) {
            step(flat, rate);
        }
    }

    @Override
    public long steps() {
        return steps;
    }

    /** {@inheritDoc} Those of Muon's matrices are its momentum. */
    @Override
    public Map<String, NDArray> firstMoments() {
        return Collections.unmodifiableMap(first);
    }

    @Override
    public Map<String, NDArray> secondMoments() {
        return Collections.unmodifiableMap(second);
    }

    @Override
    public void restore(
            long stepsTaken, Map<String, NDArray> firsts, Map<String, NDArray> seconds) {
        NamedArrays.copyAll("first moment", firsts, first);
        NamedArrays.copyAll("second moment", seconds, second);
        steps = stepsTaken;
    }

    @Override
    public void close() {
        manager.close();
    }
}
