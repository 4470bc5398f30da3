package io.zigma.train.loop;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.backbone.Backbone;
import io.zigma.diffusion.TimeSampler;
import io.zigma.op.MemoryExhaustion;
import io.zigma.op.Precision;
import io.zigma.op.PrecisionTrial;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.config.TrainingJson;
import io.zigma.train.data.Batch;
import io.zigma.train.listen.Listeners;
import io.zigma.train.listen.StepReport;
import io.zigma.train.loop.Noising.Position;
import io.zigma.train.loop.StepBatches.Prepared;
import io.zigma.train.loop.WeightUpdate.Figures;
import io.zigma.train.optim.BatchGradients.Result;
import io.zigma.train.optim.NamedArrays;
import io.zigma.train.run.TrainingState;
import java.io.IOException;
import java.util.List;
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
    private final Replicas replicas;
    private final Noising noising;
    private final Placement placement;
    private final WeightUpdate update;

    private Peers peers = Peers.NONE;
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
        this(config, models, conditions, manager, Placement.on(manager.getDevice()));
    }

    /**
     * Makes a loop before its first step, in which a student learns from a teacher.
     *
     * @param config the run's settings, a distillation among them
     * @param models the trained and the EMA model; the caller closes them
     * @param teacher who samples the paths; the caller closes it
     * @param conditions what the models are given beside x
     * @param manager owner of moments and of what a step needs
     * @throws java.util.NoSuchElementException if the settings have no distillation
     */
    public TrainingLoop(
            TrainingConfig config,
            ModelPair models,
            Backbone teacher,
            BatchConditions conditions,
            NDManager manager) {
        this(
                config,
                models,
                conditions,
                sampler ->
                        new PathNoising(
                                config,
                                new TeacherPaths(
                                        teacher,
                                        config.objective().process(),
                                        config.objective().distillation().orElseThrow()),
                                conditions),
                manager,
                Placement.on(manager.getDevice()));
    }

    /** Makes a loop whose steps are arranged in a given way. */
    TrainingLoop(
            TrainingConfig config,
            ModelPair models,
            BatchConditions conditions,
            NDManager manager,
            Placement placement) {
        this(
                config,
                models,
                conditions,
                sampler -> new RandomNoising(config, conditions, sampler, placement),
                manager,
                placement);
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
                manager,
                Placement.on(manager.getDevice()));
    }

    private TrainingLoop(
            TrainingConfig config,
            ModelPair models,
            BatchConditions conditions,
            Function<TimeSampler, Noising> noisings,
            NDManager manager,
            Placement placement) {
        this.config = config;
        this.placement = placement;
        this.manager = manager;
        this.models = models;
        this.conditions = conditions;
        this.timeSampler = config.objective().times().over(config.objective().process());
        this.noising = noisings.apply(timeSampler);
        this.loss = new DiffusionLoss(config, models.trained(), noising, timeSampler);
        this.update =
                placement == Placement.DEVICE
                        ? new FlatUpdate(config.optimization(), models, manager)
                        : new SeparateUpdate(config.optimization(), models, manager);
        this.replicas = new Replicas(models, config.optimization().recompute());
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
        try (StepBatches prepared = prepared(batches)) {
            while (step < config.steps() && !peers.ending(stopping)) {
                StepReport report = takeStep(prepared);
                listeners.afterStep(report);
                outputs.writeWhenDue(step);
            }
        }
    }

    /**
     * Times that learn from the losses of a step are not known before it is done; replicas noise
     * their parts on devices of their own, and other processes theirs.
     */
    private StepBatches prepared(Supplier<Batch> batches) {
        boolean whole = replicas.count() == 1 && peers.alone();
        return placement == Placement.DEVICE && !timeSampler.learns() && whole
                ? new PreparedBatches(
                        batches, noising, manager, step, config.steps(), config.accumulate())
                : StepBatches.unprepared(batches);
    }

    private StepReport takeStep(StepBatches batches) throws IOException {
        double rate = config.optimization().schedule().rate(step);
        try (NDManager scope = manager.newSubManager()) {
            Result mean = peers.step(meanGradients(batches, scope), config.batchSize(), stopping);
            Figures figures = update.apply(mean, rate, step + 1);
            if (!figures.areFinite()) {
                throw new DivergedException(step + 1, rate, figures.loss(), figures.norm());
            }
            peers.average(step + 1, changing(), stopping);
            replicas.follow();
            loss.learn();
            step++;
            return new StepReport(
                    step,
                    config.steps(),
                    figures.loss(),
                    figures.norm(),
                    rate,
                    config.imagesPerStep());
        }
    }

    /** Returns everything that a step changes. */
    private List<Map<String, NDArray>> changing() {
        return peers.alone()
                ? List.of()
                : List.of(
                        models.trainableWeights(),
                        models.averages(),
                        update.optimizer().firstMoments(),
                        update.optimizer().secondMoments(),
                        update.powerAverages());
    }

    /** Adds up what the batches of a step contribute to its mean loss and its gradients. */
    private Result meanGradients(StepBatches batches, NDManager scope)
            throws BatchTooLargeException {
        Result sum = gradients(batches, 0, scope);
        for (int number = 1; number < config.accumulate(); number++) {
            try (NDManager own = scope.newSubManager()) {
                sum = sum.plus(gradients(batches, number, own));
            }
        }
        return sum;
    }

    /** Runs the forward and backward pass, which takes memory and changes nothing. */
    private Result gradients(StepBatches batches, int number, NDManager scope)
            throws BatchTooLargeException {
        Position position = new Position(step, number * config.batchSize());
        try (Prepared prepared = batches.next(position)) {
            Batch batch = prepared.batch();
            try {
                return replicas.of(
                        peers.from(batch.size()),
                        peers.to(batch.size()),
                        loss.of(position, batch, prepared.noised()),
                        scope);
            } catch (EngineException | OutOfMemoryError e) {
                if (!MemoryExhaustion.caused(e)) {
                    throw e;
                }
                prepared.close();
                throw new BatchTooLargeException(step + 1, config, fitting(batch), e);
            }
        }
    }

    /**
     * Finds by trying how many images of a batch fit into memory: a half, a quarter, …, or none.
     */
    private int fitting(Batch batch) {
        for (int size = batch.size() / 2; size >= 1; size /= 2) {
            try (NDManager scope = manager.newSubManager()) {
                replicas.of(0, peers.size(size), loss.of(new Position(step, 0), batch), scope);
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
        tryOut(images, config.optimization().precision());
    }

    private void tryOut(int images, Precision precision) {
        int each = config.model().sample().size();
        Batch black =
                new Batch(new float[images * each], new int[images], conditions.largest(images), 0);
        try (NDManager scope = manager.newSubManager()) {
            replicas.of(
                    0, peers.size(images), loss.of(new Position(step, 0), black, precision), scope);
        }
    }

    /**
     * Measures how long forward and backward pass of a batch take in the run's precision, as a
     * multiple of those in float32. It takes eight of them, with black images, and changes nothing.
     *
     * @return 1 for float32, where nothing is measured; below 1 where the precision is faster
     */
    public double timeBesideFloat32() {
        Precision precision = config.optimization().precision();
        return precision == Precision.FLOAT32
                ? 1
                : PrecisionTrial.ratio(
                        precision, compared -> () -> tryOut(config.batchSize(), compared));
    }

    /**
     * Returns how many microbatches a batch is divided into.
     *
     * @param images in the batch, at least 1
     * @return at least 1
     */
    public int microbatches(int images) {
        return replicas.microbatches(peers.size(images));
    }

    /**
     * Has copies of the model compute parts of each batch, from the weights as they are now; before
     * {@link #run}. Parts are consecutive, and their gradients are added up in their order: a step
     * is that of the whole batch up to rounding, and repeats to the last bit with as many copies.
     *
     * @param devices where the copies are, beside the model itself; several may be one device
     * @throws IllegalArgumentException if a batch has fewer images than there are copies
     */
    public void replicateOn(List<Device> devices) {
        if (config.batchSize() <= devices.size()) {
            throw new IllegalArgumentException(
                    "a batch of %s cannot be divided among %s replicas; use fewer, or larger batches"
                            .formatted(config.batchSize(), devices.size() + 1));
        }
        replicas.add(devices);
    }

    /**
     * Has other processes compute parts of each batch; after {@link #replicateOn} and before {@link
     * #run}. The others run the same loop, from the same state on.
     *
     * @param exchange connects them
     * @param every 1 to add up gradients in every step, which is then that of the whole batch; else
     *     steps that each process takes alone before they take the mean of their weights (local
     *     SGD)
     * @throws IllegalArgumentException if they cannot train so together; the message says what to
     *     change
     */
    public void exchangeWith(GradientExchange exchange, int every) {
        peers = Peers.of(exchange, every, config, replicas.count());
    }

    /**
     * Returns where the part of a batch begins that this process computes.
     *
     * @return 0 where there are no others
     */
    public int partFrom() {
        return peers.from(config.batchSize());
    }

    /**
     * Returns where the part of a batch ends that this process computes.
     *
     * @return the batch's size where there are no others
     */
    public int partTo() {
        return peers.to(config.batchSize());
    }

    /**
     * Requests the loop to finish its current step and return; with other processes, all of them,
     * as soon as they learn of it. Any thread may call this, at any time.
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
        update.restoreEma(0, weights);
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
        update.optimizer()
                .restore(state.optimizerSteps(), state.firstMoments(), state.secondMoments());
        update.restoreEma(state.emaUpdates(), averages);
        update.restorePowerAverages(state.powerAverages());
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
                update.optimizer().steps(),
                update.emaUpdates(),
                TrainingJson.write(config),
                models.weights(),
                update.optimizer().firstMoments(),
                update.optimizer().secondMoments(),
                update.powerAverages(),
                timeSampler.state());
    }

    /**
     * Returns how many arrays the copies of the model hold between steps.
     *
     * @return the same after every step
     */
    public int replicaArrays() {
        return replicas.arraysHeld();
    }

    /** Frees the optimiser and lets its threads go. */
    @Override
    public void close() {
        replicas.close();
        update.close();
    }
}
