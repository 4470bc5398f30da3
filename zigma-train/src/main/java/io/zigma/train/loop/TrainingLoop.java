package io.zigma.train.loop;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.base.SampleShape;
import io.zigma.diffusion.TimeSampler;
import io.zigma.op.MemoryExhaustion;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.config.TrainingJson;
import io.zigma.train.data.Batch;
import io.zigma.train.listen.Listeners;
import io.zigma.train.listen.StepReport;
import io.zigma.train.loop.Noising.Position;
import io.zigma.train.optim.BatchGradients;
import io.zigma.train.optim.BatchGradients.Result;
import io.zigma.train.optim.Ema;
import io.zigma.train.optim.GradientClip;
import io.zigma.train.optim.NamedArrays;
import io.zigma.train.optim.Optimizer;
import io.zigma.train.optim.PowerEma;
import io.zigma.train.run.TrainingState;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Training as in the papers: for each batch noise, loss, gradients, clip, optimiser, EMA.
 *
 * <p>One thread runs it; {@link #stopAfterCurrentStep} may be called from any.
 */
public final class TrainingLoop implements AutoCloseable {

    private final TrainingConfig config;
    private final NDManager manager;
    private final ModelPair models;
    private final TimeSampler timeSampler;
    private final BatchConditions conditions;
    private final DiffusionLoss loss;
    private final BatchGradients gradients;
    private final GradientClip clip;
    private final Optimizer optimizer;
    private final Ema ema;
    private final PowerEma powerEma;

    private long step;
    private long dataStart; // steps before the first on the present data
    private volatile boolean stopping;

    /** Writes what is due after a step. */
    @FunctionalInterface
    public interface Outputs {

        /** Writes nothing. */
        Outputs NONE = step -> {};

        /**
         * Writes what is due.
         *
         * @param step steps taken
         * @throws IOException if it cannot be written
         */
        void writeWhenDue(long step) throws IOException;
    }

    /**
     * Makes a loop before its first step.
     *
     * @param config the run's settings
     * @param models the trained and the EMA model; the caller closes them
     * @param conditions what the model is given beside the noisy images
     * @param manager owner of moments and of what a step needs
     */
    public TrainingLoop(
            TrainingConfig config,
            ModelPair models,
            BatchConditions conditions,
            NDManager manager) {
        this(
                config,
                models,
                conditions,
                sampler -> new RandomNoising(config, conditions, sampler),
                manager);
    }

    TrainingLoop(
            TrainingConfig config,
            ModelPair models,
            Function<TimeSampler, Noising> noising,
            NDManager manager) {
        this(
                config,
                models,
                BatchConditions.ofLabels(config.model().conditioning()),
                noising,
                manager);
    }

    private TrainingLoop(
            TrainingConfig config,
            ModelPair models,
            BatchConditions conditions,
            Function<TimeSampler, Noising> noising,
            NDManager manager) {
        this.config = config;
        this.manager = manager;
        this.models = models;
        this.conditions = conditions;
        this.timeSampler = config.objective().times().over(config.objective().process());
        this.loss =
                new DiffusionLoss(
                        config, models.trained(), noising.apply(timeSampler), timeSampler);
        this.gradients =
                BatchGradients.inMicrobatches(
                        models.trained().namedParameters(), config.optimization().recompute());
        this.clip = new GradientClip(config.optimization().maxGradientNorm());
        Map<String, NDArray> trainable = models.trainableWeights();
        this.optimizer =
                config.optimization()
                        .optimizer()
                        .create(config.optimization().adamW(), trainable, manager);
        this.ema =
                new Ema(
                        config.optimization().ema(),
                        models.weights(),
                        models.averages(),
                        trainable.keySet());
        this.powerEma = new PowerEma(config.optimization().powerEma(), trainable, manager);
    }

    /**
     * Trains to the last step, or until asked to stop.
     *
     * @param batches the next batch, beginning with that of step {@link #step}
     * @param listeners called after every step
     * @param outputs written after the listeners were called
     * @throws DivergedException if loss or gradients are not finite any more
     * @throws BatchTooLargeException if memory does not suffice for a step
     * @throws IOException if an output cannot be written, or a listener threw it
     */
    public void run(Supplier<Batch> batches, Listeners listeners, Outputs outputs)
            throws IOException {
        while (step < config.steps() && !stopping) {
            StepReport report = takeStep(batches);
            listeners.afterStep(report);
            outputs.writeWhenDue(step);
        }
    }

    private StepReport takeStep(Supplier<Batch> batches)
            throws DivergedException, BatchTooLargeException {
        double rate = config.optimization().schedule().rate(step);
        try (NDManager scope = manager.newSubManager()) {
            Result mean = meanGradients(batches, scope);
            double norm = clip.norm(mean.gradients());
            if (!Double.isFinite(mean.loss()) || !Double.isFinite(norm)) {
                throw new DivergedException(step + 1, rate, mean.loss(), norm);
            }
            clip.clip(mean.gradients(), norm);
            optimizer.step(mean.gradients(), rate);
            ema.update();
            powerEma.update(step + 1);
            loss.learn();
            step++;
            return new StepReport(
                    step, config.steps(), mean.loss(), norm, rate, config.imagesPerStep());
        }
    }

    /** Adds up what the batches of a step contribute to its mean loss and its gradients. */
    private Result meanGradients(Supplier<Batch> batches, NDManager scope)
            throws BatchTooLargeException {
        Result sum = gradients(batches.get(), 0, scope);
        for (int number = 1; number < config.accumulate(); number++) {
            try (NDManager own = scope.newSubManager()) {
                sum = sum.plus(gradients(batches.get(), number, own));
            }
        }
        return sum;
    }

    /** Runs the forward and backward pass, which takes memory and changes nothing. */
    private Result gradients(Batch batch, int number, NDManager scope)
            throws BatchTooLargeException {
        Position position = new Position(step, number * config.batchSize());
        try {
            return gradients.of(batch.size(), loss.of(position, batch), scope);
        } catch (EngineException | OutOfMemoryError e) {
            if (!MemoryExhaustion.caused(e)) {
                throw e;
            }
            throw new BatchTooLargeException(step + 1, config, fitting(batch), e);
        }
    }

    /**
     * Finds by trying how many images of a batch fit into memory: a half, a quarter, …, or none.
     */
    private int fitting(Batch batch) {
        for (int size = batch.size() / 2; size >= 1; size /= 2) {
            try (NDManager scope = manager.newSubManager()) {
                gradients.of(size, loss.of(new Position(step, 0), batch), scope);
                return size;
            } catch (EngineException | OutOfMemoryError e) {
                if (!MemoryExhaustion.caused(e)) {
                    throw e;
                }
            }
        }
        return 0;
    }

    /**
     * Runs the forward and backward pass with black images and discards the gradients, so that what
     * a step takes can be seen.
     *
     * @param images at once, at least 1
     */
    public void tryOut(int images) {
        SampleShape sample = config.model().sample();
        int each = sample.channels() * sample.height() * sample.width();
        Batch black =
                new Batch(new float[images * each], new int[images], conditions.largest(images), 0);
        try (NDManager scope = manager.newSubManager()) {
            gradients.of(images, loss.of(new Position(step, 0), black), scope);
        }
    }

    /**
     * Returns how many microbatches a batch is divided into.
     *
     * @param images in the batch, at least 1
     * @return at least 1
     */
    public int microbatches(int images) {
        return gradients.count(images);
    }

    /**
     * Requests the loop to finish its current step and return. Any thread may call this, at any
     * time.
     */
    public void stopAfterCurrentStep() {
        stopping = true;
    }

    /**
     * Returns how far the loop is.
     *
     * @return steps taken
     */
    public long step() {
        return step;
    }

    /**
     * Returns where in the endless stream of the data's pictures the next step begins.
     *
     * @return pictures taken from the present data so far
     */
    public long position() {
        return (step - dataStart) * config.imagesPerStep();
    }

    /** Continues with other data, from its beginning. */
    public void restartData() {
        dataStart = step;
    }

    /**
     * Starts from given weights; the EMA weights start there too.
     *
     * @param weights all weights by name
     * @throws IllegalArgumentException if they are those of another model
     */
    public void startFrom(Map<String, NDArray> weights) {
        NamedArrays.copyAll("weight", weights, models.weights());
        ema.restore(0, weights);
    }

    /**
     * Takes up where a checkpoint left off.
     *
     * @param state what {@link #state} returned then
     * @param averages the EMA weights of that step
     * @throws IllegalArgumentException if the state is that of another model
     */
    public void restore(TrainingState state, Map<String, NDArray> averages) {
        NamedArrays.copyAll("weight", state.weights(), models.weights());
        optimizer.restore(state.optimizerSteps(), state.firstMoments(), state.secondMoments());
        ema.restore(state.emaUpdates(), averages);
        powerEma.restore(state.powerAverages());
        timeSampler.restore(state.times());
        step = state.step();
        dataStart = state.dataStart();
    }

    /**
     * Returns everything beside the EMA weights that the next step depends on.
     *
     * @return the state, whose arrays are those of the loop
     */
    public TrainingState state() {
        return new TrainingState(
                step,
                config.seed(),
                dataStart,
                position(),
                config.optimization().schedule().rate(step),
                optimizer.steps(),
                ema.updates(),
                TrainingJson.write(config),
                models.weights(),
                optimizer.firstMoments(),
                optimizer.secondMoments(),
                powerEma.averages(),
                timeSampler.state());
    }

    /** Frees the optimiser and lets its threads go. */
    @Override
    public void close() {
        gradients.close();
        optimizer.close();
        powerEma.close();
    }
}
