package io.zigma.train.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.GradientMode;
import io.zigma.op.Constants;
import io.zigma.op.Scratch;
import io.zigma.train.config.Optimization;
import io.zigma.train.optim.BatchGradients.Result;
import io.zigma.train.optim.Ema;
import io.zigma.train.optim.FlatLayout;
import io.zigma.train.optim.FlatOptimizer;
import io.zigma.train.optim.NamedArrays;
import io.zigma.train.optim.Optimizer;
import io.zigma.train.optim.PowerEma;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The update of weights that lie in one array on a device, which is waited for once, at the end:
 * for loss and norm, in one go. That these are not finite shows only then.
 */
final class FlatUpdate implements WeightUpdate {

    /** As in torch's clip_grad_norm_: the quotient is finite when all gradients are zero. */
    private static final double SMALLEST_NORM = 1e-6;

    private final double maximum;
    private final FlatLayout layout;
    private final NDManager manager;
    private final ModelPair models;
    private final FlatOptimizer optimizer;
    private final Ema ema;
    private final PowerEma powerEma;
    private final Map<String, NDArray> powerAverages = new LinkedHashMap<>();

    /**
     * Makes an update before the first step: moves the trained weights of both models into one
     * array each.
     *
     * @param config how weights follow gradients
     * @param models whose weights and averages move
     * @param parent owner of what is remembered
     */
    FlatUpdate(Optimization config, ModelPair models, NDManager parent) {
        Map<String, NDArray> trainable = models.trainableWeights();
        this.maximum = config.maxGradientNorm();
        this.models = models;
        this.manager = parent.newSubManager();
        this.layout = FlatOptimizer.layout(config.optimizer(), config.adamW(), trainable);
        NamedArrays.copyAll("weight", models.weights(), models.averages());
        NDArray weights = layout.zeros(manager);
        NDArray averages = layout.zeros(manager);
        models.moveTrained(layout.views(weights), layout.views(averages));
        this.optimizer =
                new FlatOptimizer(
                        config.optimizer(),
                        config.adamW(),
                        config.precision(),
                        models.trainableWeights(),
                        weights,
                        manager);
        this.ema = Ema.ofOne(config.ema(), weights, averages);
        this.powerEma = PowerEma.ofOne(config.powerEma(), weights, manager);
        for (double length : config.powerEma()) {
            layout.views(powerEma.ofOne(length))
                    .forEach((name, view) -> powerAverages.put(PowerEma.name(length, name), view));
        }
    }

    @Override
    public Figures apply(Result mean, double rate, long step) {
        try (NDArray figures =
                GradientMode.off(() -> Scratch.freed(() -> figures(mean, rate, step)))) {
            float[] values = figures.toFloatArray();
            return new Figures(values[0], values[1]);
        }
    }

    /** Moves everything and returns loss and norm (2), which the device may still be at. */
    private NDArray figures(Result mean, double rate, long step) {
        NDArray gradients = layout.gathered(mean.gradients()); // (N)
        NDArray norm = gradients.square().sum().sqrt().reshape(1);
        if (!Double.isInfinite(maximum)) {
            gradients.muli(scale(norm));
        }
        optimizer.step(gradients, rate);
        ema.update();
        powerEma.update(step);
        return NDArrays.concat(new NDList(mean.lossArray().reshape(1), norm));
    }

    /** Returns min(1, maximum / norm), NaN where the norm is. */
    private NDArray scale(NDArray norm) {
        NDManager owner = norm.getManager();
        NDArray most =
                owner.full(new Shape(1), (float) maximum, norm.getDataType())
                        .toDevice(norm.getDevice(), false);
        return most.div(Constants.add(norm, SMALLEST_NORM))
                .minimum(owner.ones(new Shape(1), norm.getDataType(), norm.getDevice()));
    }

    @Override
    public Optimizer optimizer() {
        return optimizer;
    }

    @Override
    public long emaUpdates() {
        return ema.updates();
    }

    @Override
    public void restoreEma(long updates, Map<String, NDArray> averages) {
        NamedArrays.copyAll("average", averages, models.averages());
        ema.continueAfter(updates);
    }

    @Override
    public Map<String, NDArray> powerAverages() {
        return Collections.unmodifiableMap(powerAverages);
    }

    @Override
    public void restorePowerAverages(Map<String, NDArray> averages) {
        NamedArrays.copyAll("power average", averages, powerAverages);
    }

    @Override
    public void close() {
        optimizer.close();
        powerEma.close();
    }
}
