package io.zigma.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import com.google.gson.JsonObject;

import io.zigma.condition.Condition;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.Noised;
import io.zigma.nn.DropPath;
import io.zigma.nn.Pass;
import io.zigma.train.optim.AdamW;
import io.zigma.train.optim.BatchGradients;
import io.zigma.train.optim.BatchGradients.Result;
import io.zigma.train.optim.BatchGradients.ShareLoss;
import io.zigma.train.optim.Ema;
import io.zigma.train.optim.GradientClip;
import io.zigma.train.optim.NamedArrays;
import io.zigma.train.run.TrainingState;

import java.util.Map;

/** One step: predict, measure, backward, clip, AdamW, average. */
final class TrainingStep implements AutoCloseable {

    private final TrainingConfig config;
    private final ModelPair models;
    private final BatchGradients gradients;
    private final DiffusionProcess process;
    private final GradientClip clip;
    private final AdamW adamW;
    private final Ema ema;
    private final Draws draws;

    TrainingStep(TrainingConfig config, ModelPair models, NDManager manager) {
        this.config = config;
        this.models = models;
        Map<String, NDArray> weights = models.trainableWeights();
        this.gradients =
                BatchGradients.inShares(
                        models.trained().namedParameters(), config.optimization().recompute());
        this.process = config.objective().process();
        this.clip = new GradientClip(config.optimization().maxGradientNorm());
        this.adamW = new AdamW(config.optimization().adamW(), weights, manager);
        this.ema =
                new Ema(
                        config.optimization().ema(),
                        models.weights(),
                        models.averages(),
                        weights.keySet());
        this.draws = new Draws(config.seed());
    }

    /**
     * Takes a step.
     *
     * @param step steps taken before this one
     * @param x noisy images and what to say of them (B, C, H, W)
     * @param condition one a sample (B, …)
     * @param scope owner of what the step leaves behind
     * @return what it came to
     * @throws DivergedException if loss or gradients are not finite; the weights are then untouched
     */
    StepReport take(long step, Noised x, Condition condition, NDManager scope)
            throws DivergedException {
        double rate = config.optimization().schedule().rate(step);
        Result pass = forwardBackward(step, x, condition, scope);
        double value = pass.loss();
        double norm = clip.norm(pass.gradients());
        if (!Double.isFinite(value) || !Double.isFinite(norm)) {
            throw new DivergedException(step + 1, rate, value, norm);
        }
        clip.clip(pass.gradients(), norm);
        adamW.step(pass.gradients(), rate);
        ema.update();
        int images = Math.toIntExact(x.x().size(0));
        return new StepReport(step + 1, config.steps(), value, norm, rate, images);
    }

    /**
     * Does all of a step that takes memory and changes nothing: predict and backward.
     *
     * @param step steps taken before this one
     * @param x noisy images and what to say of them (B, C, H, W)
     * @param condition one a sample (B, …)
     * @param scope owner of the gradients
     * @return the mean loss and its gradients
     */
    Result forwardBackward(long step, Noised x, Condition condition, NDManager scope) {
        int images = Math.toIntExact(x.x().size(0));
        long seed = draws.bits(Draws.Use.STOCHASTIC_DEPTH, step, 0);
        return gradients.of(
                images,
                (store, from, to) -> {
                    Pass pass = new Pass(store, true, DropPath.seeded(seed).part(images, from));
                    Noised part = x.part(from, to);
                    NDArray output =
                            models.trained()
                                    .forward(pass, part.x(), part.time(), condition.part(from, to));
                    return ShareLoss.ofMean(
                            process.loss(output, part).sum(), images); // (to − from) → ()
                },
                scope);
    }

    /**
     * Returns everything beside the averages that the next step depends on.
     *
     * @param step steps taken
     * @param json the training configuration, to be kept with it
     */
    TrainingState state(long step, JsonObject json) {
        return new TrainingState(
                step,
                config.seed(),
                step * config.batchSize(),
                config.optimization().schedule().rate(step),
                adamW.steps(),
                ema.updates(),
                json,
                models.weights(),
                adamW.firstMoments(),
                adamW.secondMoments());
    }

    /**
     * Takes up where a checkpoint left off.
     *
     * @throws IllegalArgumentException if the state is that of another model
     */
    void restore(TrainingState state, Map<String, NDArray> averages) {
        NamedArrays.copyAll("weight", state.weights(), models.weights());
        adamW.restore(state.optimizerSteps(), state.firstMoments(), state.secondMoments());
        ema.restore(state.emaUpdates(), averages);
    }

    /**
     * Starts from given weights; the averages start there too.
     *
     * @throws IllegalArgumentException if they are those of another model
     */
    void startFrom(Map<String, NDArray> values) {
        NamedArrays.copyAll("weight", values, models.weights());
        ema.restore(0, values);
    }

    @Override
    public void close() {
        gradients.close();
        adamW.close();
    }
}
