package io.zigma.train.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.backbone.Backbone;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.TimeSampler;
import io.zigma.nn.DropPath;
import io.zigma.nn.Pass;
import io.zigma.nn.TokenRouting;
import io.zigma.op.Precision;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.Batch;
import io.zigma.train.loop.Noising.NoisedBatch;
import io.zigma.train.loop.Noising.Position;
import io.zigma.train.loop.RandomStreams.Purpose;
import io.zigma.train.optim.BatchGradients.MicrobatchLoss;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The mean loss over the images of a step: noise them, have the model predict, measure the error.
 * The only class of training that calls the process and the backbone's forward pass.
 */
final class DiffusionLoss {

    private final Backbone model;
    private final DiffusionProcess process;
    private final Noising noising;
    private final TimeSampler timeSampler;
    private final StepLosses losses;
    private final RandomStreams streams;
    private final double contrast;
    private final double tokenRouting;
    private final Precision precision;
    private final int imagesPerStep;

    /**
     * Makes the loss of a run.
     *
     * @param config its objective, seed and batch
     * @param model the model that is trained
     * @param noising where noise, times and labels come from
     * @param timeSampler where the noising has its times from, which may learn from the losses
     */
    DiffusionLoss(TrainingConfig config, Backbone model, Noising noising, TimeSampler timeSampler) {
        this.model = model;
        this.process = config.objective().process();
        this.noising = noising;
        this.timeSampler = timeSampler;
        this.streams = new RandomStreams(config.seed());
        this.contrast = config.objective().contrast();
        this.tokenRouting = config.objective().tokenRouting();
        this.precision = config.optimization().precision();
        this.imagesPerStep = config.imagesPerStep();
        this.losses = new StepLosses(imagesPerStep);
    }

    /**
     * Returns what the microbatches of a batch contribute to the step's mean loss.
     *
     * @param position the batch's step, and its position in the step
     * @param batch images and labels
     * @return a loss that several threads may compute at once
     */
    MicrobatchLoss of(Position position, Batch batch) {
        return of(position, batch, null, precision);
    }

    /**
     * Returns what the microbatches of a batch contribute to the step's mean loss.
     *
     * @param position the batch's step, and its position in the step
     * @param batch images and labels
     * @param prepared the whole batch as the model sees it; null if it is still to be noised
     * @return a loss that several threads may compute at once
     */
    MicrobatchLoss of(Position position, Batch batch, @Nullable NoisedBatch prepared) {
        return of(position, batch, prepared, precision);
    }

    /** Returns the same in another precision than the run's. */
    MicrobatchLoss of(Position position, Batch batch, Precision other) {
        return of(position, batch, null, other);
    }

    private MicrobatchLoss of(
            Position position, Batch batch, @Nullable NoisedBatch prepared, Precision products) {
        long seed = streams.bits(Purpose.STOCHASTIC_DEPTH, position.step(), 0);
        TokenRouting routing = routing(position);
        return (store, from, to) -> {
            boolean whole = prepared != null && from == 0 && to == batch.size();
            NoisedBatch seen =
                    whole ? prepared : noising.of(position, batch, from, to, store.getManager());
            DropPath dropPath = DropPath.seeded(seed).part(imagesPerStep, position.first() + from);
            NDArray output = // (b, C, H, W)
                    model.forward(
                            new Pass(store, true, dropPath)
                                    .withRouting(routing)
                                    .withPrecision(products),
                            seen.x().x(),
                            seen.x().time(),
                            seen.condition());
            NDArray errors = process.loss(output, seen.x()); // (b)
            if (timeSampler.learns()) {
                losses.put(position.first() + from, seen.x().times(), errors.toFloatArray());
            }
            if (contrast > 0) {
                NDArray others = process.velocityError(output, seen.x().withOthers()); // (b)
                errors = errors.sub(weighted(others, filled(to - from, contrast)));
            }
            if (timeSampler.learns()) {
                errors = weighted(errors, seen.weights());
            }
            return MicrobatchLoss.ofMean(errors.sum(), imagesPerStep); // ()
        };
    }

    /** All images of a step leave out the same tokens, however the step is divided. */
    private TokenRouting routing(Position position) {
        return tokenRouting == 0
                ? TokenRouting.NONE
                : new TokenRouting(
                        tokenRouting, streams.bits(Purpose.TOKEN_ROUTING, position.step(), 0));
    }

    private static float[] filled(int count, double value) {
        float[] values = new float[count];
        Arrays.fill(values, (float) value);
        return values;
    }

    private static NDArray weighted(NDArray errors, float[] weights) {
        NDManager manager = errors.getManager();
        // a copy in the engine's memory: the graph of gradients outlives a buffer of Java's
        try (NDArray javas = manager.create(weights)) {
            return errors.mul(javas.toDevice(errors.getDevice(), true));
        }
    }

    /** Has the times learn from the losses of a step, after its last microbatch. */
    void learn() {
        if (timeSampler.learns()) {
            losses.teach(timeSampler);
        }
    }
}
