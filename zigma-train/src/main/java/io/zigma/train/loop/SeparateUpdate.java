package io.zigma.train.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.train.config.Optimization;
import io.zigma.train.optim.BatchGradients.Result;
import io.zigma.train.optim.Ema;
import io.zigma.train.optim.GradientClip;
import io.zigma.train.optim.Optimizer;
import io.zigma.train.optim.PowerEma;
import java.util.Map;

/** The update of weights in arrays of their own, one after the other. */
final class SeparateUpdate implements WeightUpdate {

    private final GradientClip clip;
    private final Optimizer optimizer;
    private final Ema ema;
    private final PowerEma powerEma;

    /**
     * Makes an update before the first step.
     *
     * @param config how weights follow gradients
     * @param models whose weights and averages move
     * @param manager owner of what is remembered
     */
    SeparateUpdate(Optimization config, ModelPair models, NDManager manager) {
        Map<String, NDArray> trainable = models.trainableWeights();
        clip = new GradientClip(config.maxGradientNorm());
        optimizer =
                config.optimizer().create(config.adamW(), config.precision(), trainable, manager);
        ema = new Ema(config.ema(), models.weights(), models.averages(), trainable.keySet());
        powerEma = new PowerEma(config.powerEma(), trainable, manager);
    }

    /** {@inheritDoc} Where it is not finite nothing is moved. */
    @Override
    public Figures apply(Result mean, double rate, long step) {
        Figures figures = new Figures(mean.loss(), clip.norm(mean.gradients()));
        if (figures.areFinite()) {
            clip.clip(mean.gradients(), figures.norm());
            optimizer.step(mean.gradients(), rate);
            ema.update();
            powerEma.update(step);
        }
        return figures;
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
        ema.restore(updates, averages);
    }

    @Override
    public Map<String, NDArray> powerAverages() {
        return powerEma.averages();
    }

    @Override
    public void restorePowerAverages(Map<String, NDArray> averages) {
        powerEma.restore(averages);
    }

    @Override
    public void close() {
        optimizer.close();
        powerEma.close();
    }
}
