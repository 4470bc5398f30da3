package io.zigma.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.backbone.Backbone;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.condition.Conditioning;
import io.zigma.text.PromptEncoder;
import io.zigma.text.TextEncoder;
import io.zigma.text.TextFeatureCache;
import io.zigma.train.card.EarlierData;
import io.zigma.train.card.Provenance;
import io.zigma.train.card.RunFacts;
import io.zigma.train.config.Origin;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.BatchPlan;
import io.zigma.train.data.Batches;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.listen.Listeners;
import io.zigma.train.listen.LogListener;
import io.zigma.train.listen.TensorBoardListener;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.loop.BatchConditions;
import io.zigma.train.loop.BatchTooLargeException;
import io.zigma.train.loop.DivergedException;
import io.zigma.train.loop.EncodedCaptions;
import io.zigma.train.loop.GradientExchange;
import io.zigma.train.loop.ModelPair;
import io.zigma.train.loop.RunOutputs;
import io.zigma.train.loop.SamplePictures;
import io.zigma.train.loop.TrainingLoop;
import io.zigma.train.memory.MemoryCheck;
import io.zigma.train.memory.MemoryLimit;
import io.zigma.train.memory.MemoryLimitException;
import io.zigma.train.run.CheckpointStore;
import io.zigma.train.run.EventLog;
import io.zigma.train.run.RunException;
import io.zigma.train.run.RunFolder;
import io.zigma.train.run.RunLock;
import io.zigma.train.run.TensorBoardEvents;
import io.zigma.train.run.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A training run: it starts in an empty folder or resumes in one, and leaves checkpoints.
 *
 * <p>Interrupted anywhere and resumed, it ends with the same bytes as if it had never stopped (on
 * the CPU, with the same number of threads). One thread runs it; {@link #stopAfterCurrentStep} may
 * be called from any.
 */
public final class Training implements AutoCloseable {

    private final RunFolder run;
    private final RunResources resources;
    private final TrainingConfig config;
    private final ImageDataset data;
    private final RunFacts facts;
    private final NDManager manager;
    private final @Nullable EncodedCaptions captions;
    private final @Nullable TextEncoder encoder;
    private final ModelPair models;
    private final TrainingLoop loop;
    private final List<TrainingListener> listeners = new ArrayList<>();

    private MemoryCheck memory = new MemoryCheck(MemoryLimit.SYSTEM);
    private long lastSaved = -1;

    /** What to do when a run resumes with other data than its newest checkpoint had. */
    public enum ChangedData {
        /** It is refused. */
        REFUSED,
        /**
         * It goes through the new data from its beginning, in the order that a new run would. The
         * classes have to be the same.
         */
        BEGIN_ANEW
    }

    /** How a run came to its end. */
    public enum Ending {
        /** All steps were taken. */
        FINISHED,
        /** It was asked to stop and can be resumed. */
        STOPPED
    }

    private Training(
            TrainingRequest request,
            RunFolder run,
            RunResources resources,
            List<EarlierData> earlier,
            Provenance provenance)
            throws IOException {
        this.run = run;
        this.resources = resources;
        this.config = request.config();
        this.data = request.data();
        this.facts = new RunFacts(config, data, earlier, provenance);
        this.manager = resources.manager();
        if (!manager.getDevice().isGpu()) {
            memory.requireRoomFor(
                    config.model().create(0).parameterCount(),
                    config.optimization().powerEma().size());
        }
        this.models =
                new ModelPair(config.model(), config.seed(), config.origin().frozen(), manager);
        Conditioning conditioning = config.model().conditioning();
        this.encoder = resources.encoder();
        this.captions =
                encoder == null ? null : new EncodedCaptions(encoder, conditioning.contextTokens());
        BatchConditions conditions =
                captions == null ? BatchConditions.ofLabels(conditioning) : captions;
        this.loop =
                config.objective().distillation().isPresent()
                        ? new TrainingLoop(
                                config, models, teacher(run, config, manager), conditions, manager)
                        : new TrainingLoop(config, models, conditions, manager);
    }

    /** Loads the model that a distillation learns from, from the run's own copy. */
    private static Backbone teacher(RunFolder run, TrainingConfig config, NDManager manager)
            throws IOException {
        CheckpointFolder checkpoint = CheckpointFolder.open(run.teacherFolder());
        if (!checkpoint.weightsHash().equals(config.origin().weightsHash())) {
            throw new RunException(
                    "%s holds another model than the one that the run learns from, %s; put that checkpoint there again"
                            .formatted(run.teacherFolder(), config.origin().checkpoint()));
        }
        return checkpoint.loadModel(manager);
    }

    /**
     * Starts a run.
     *
     * @param request its settings, its data and where it computes
     * @return the run before its first step, which holds the folder's lock until it is closed
     * @throws RunException if the folder holds a run already, or is in use
     * @throws IllegalArgumentException if data or text encoder do not fit the model, or the
     *     settings are for a checkpoint's weights
     * @throws IOException if the folder cannot be written, or there is no such text encoder
     */
    public static Training start(TrainingRequest request) throws IOException {
        Origin origin = request.config().origin();
        if (origin.isCheckpoint()) {
            throw new IllegalArgumentException(
                    "this run starts from the weights of %s; hand over the checkpoint"
                            .formatted(origin.checkpoint()));
        }
        return start(request, Optional.empty());
    }

    /**
     * Starts a run from the weights of a checkpoint and a fresh optimiser, for fine-tuning, or,
     * with a {@link io.zigma.train.config.Distillation} among the settings, to learn from the
     * checkpoint, of which the run's folder gets a copy.
     *
     * @param request its data, where it computes, and its settings, begun by {@link
     *     TrainingConfig#of(CheckpointFolder, ImageDataset)} with the same checkpoint
     * @param checkpoint whose weights it starts from; a class starts from the checkpoint's class of
     *     the same name, and from a random vector where it has none
     * @return the run before its first step, which holds the folder's lock until it is closed
     * @throws RunException if the folder holds a run already, or is in use
     * @throws IllegalArgumentException if data, checkpoint or text encoder do not fit the settings
     * @throws IOException if the checkpoint cannot be read or the folder not be written, or there
     *     is no such text encoder
     */
    public static Training start(TrainingRequest request, CheckpointFolder checkpoint)
            throws IOException {
        if (!request.config().origin().weightsHash().equals(checkpoint.weightsHash())) {
            throw new IllegalArgumentException(
                    "the configuration was not made for the weights in %s; begin it with TrainingConfig.of(checkpoint, data)"
                            .formatted(checkpoint.path()));
        }
        Provenance whole =
                request.provenance().startedFrom(RunFacts.provenance(checkpoint.config()));
        return start(request.withProvenance(whole), Optional.of(checkpoint));
    }

    private static Training start(TrainingRequest request, Optional<CheckpointFolder> checkpoint)
            throws IOException {
        RunChecks.requirePrecision(request.config(), request.device());
        RunChecks.requireFit(request.config(), request.data());
        if (checkpoint.isPresent()) {
            RunChecks.requireSameCodec(
                    checkpoint.get().path(), checkpoint.get().config(), request.data());
        }
        RunFolder run = RunFolder.create(request.folder());
        RunResources resources = RunResources.take(request);
        try {
            resources.openEncoder(request);
            if (request.config().objective().distillation().isPresent() && checkpoint.isPresent()) {
                checkpoint.get().copyTo(run.teacherFolder());
            }
            Training training =
                    new Training(request, run, resources, List.of(), request.provenance());
            new CheckpointStore(run).removeLeftovers();
            if (checkpoint.isPresent()) {
                training.startFrom(checkpoint.get());
            }
            run.writeConfig(training.facts.runConfig());
            return training;
        } catch (IOException | RuntimeException | Error e) {
            resources.close();
            throw e;
        }
    }

    /**
     * Resumes a run on the data that it was started on; see {@link #resume(TrainingRequest,
     * ChangedData)}.
     *
     * @param request the requested settings, the data and where it computes
     * @return the run as its newest checkpoint has it
     * @throws RunException if there is nothing to resume, the folder is in use, the data is other
     *     data, or the settings differ; the message lists the differences
     * @throws IOException if the checkpoint cannot be read, or there is no such text encoder
     */
    public static Training resume(TrainingRequest request) throws IOException {
        return resume(request, ChangedData.REFUSED);
    }

    /**
     * Resumes a run. Of its settings, begun by {@link #configuration}, what a step only reads may
     * change: length, learning rate, weight decay, the largest gradient norm, the decay of the EMA,
     * recomputation, cadence and sampling; batch size and accumulation where they multiply to the
     * same. Everything else must be as it was.
     *
     * @param request the requested settings, the data and where it computes
     * @param changed what becomes of it if the data is not that of the newest checkpoint
     * @return the run as its newest checkpoint has it
     * @throws RunException if there is nothing to resume, the folder is in use, the data is other
     *     data and that is refused, or has other classes, the settings differ, or more steps were
     *     taken than requested; the message says what to do
     * @throws IOException if the checkpoint cannot be read, or there is no such text encoder
     */
    public static Training resume(TrainingRequest request, ChangedData changed) throws IOException {
        Path folder = request.folder();
        TrainingConfig asked = request.config();
        ImageDataset data = request.data();
        RunChecks.requirePrecision(asked, request.device());
        RunFolder run = RunFolder.open(folder);
        RunResources resources = RunResources.take(request);
        try {
            SavedRun saved = SavedRun.read(run);
            CheckpointFolder newest = saved.newest();
            saved.requireResumable(asked);
            RunChecks.requireSameClasses(folder, newest, data);
            RunChecks.requireFit(asked, data);
            RunChecks.requireSameCodec(folder, newest.config(), data);
            if (changed == ChangedData.REFUSED) {
                RunChecks.requireSameData(folder, newest, data);
            }
            boolean otherData = !RunChecks.isSameData(newest, data);
            List<EarlierData> earlier =
                    otherData
                            ? EarlierData.with(newest.config(), saved.step())
                            : EarlierData.of(newest.config());
            Provenance whole =
                    RunFacts.provenance(newest.config()).continuedBy(request.provenance());
            resources.openEncoder(request);
            Training training = new Training(request, run, resources, earlier, whole);
            new CheckpointStore(run).removeLeftovers();
            training.restore(newest);
            if (otherData) {
                training.loop.restartData();
            }
            run.writeConfig(training.facts.runConfig());
            return training;
        } catch (IOException | RuntimeException | Error e) {
            resources.close();
            throw e;
        }
    }

    /**
     * Returns how a run is configured: as it was begun or resumed the last time.
     *
     * @param folder the run's folder
     * @return the configuration that resuming it may be asked for with
     * @throws RunException if there is nothing to resume, or the folder is in use
     * @throws IOException if the checkpoint cannot be read
     */
    public static TrainingConfig configuration(Path folder) throws IOException {
        RunFolder run = RunFolder.open(folder);
        try (RunLock reading = RunLock.take(folder)) {
            return SavedRun.read(run).lastConfig();
        }
    }

    /**
     * Refuses what {@link #resume(TrainingRequest, ChangedData)} would refuse whatever the data is;
     * to be asked before the data is read.
     *
     * @param folder the run's folder
     * @param asked the requested settings
     * @throws RunException if there is nothing to resume, the folder is in use, the configuration
     *     differs, or more steps were taken than requested; the message says what to do
     * @throws IOException if the checkpoint cannot be read
     */
    public static void requireResumable(Path folder, TrainingConfig asked) throws IOException {
        RunFolder run = RunFolder.open(folder);
        try (RunLock reading = RunLock.take(folder)) {
            SavedRun.read(run).requireResumable(asked);
        }
    }

    private void startFrom(CheckpointFolder checkpoint) throws IOException {
        try (NDManager scope = manager.newSubManager()) {
            Map<String, NDArray> weights = averages(checkpoint.loadModel(scope));
            loop.startFrom(
                    new StartingWeights(checkpoint.config(), weights)
                            .over(models.weights(), config.model().conditioning(), data.labels()));
        }
    }

    private void restore(CheckpointFolder checkpoint) throws IOException {
        try (NDManager scope = manager.newSubManager()) {
            TrainingState state = TrainingState.read(checkpoint.path(), scope);
            loop.restore(state, averages(checkpoint.loadModel(scope)));
        } catch (IllegalArgumentException e) {
            throw new RunException(checkpoint.path() + ": " + e.getMessage(), e);
        }
        lastSaved = loop.step();
    }

    private static Map<String, NDArray> averages(Backbone model) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        model.namedParameters().forEach((name, value) -> arrays.put(name, value.getArray()));
        return arrays;
    }

    /**
     * Adds a listener; before {@link #run}.
     *
     * @param listener called with every step, checkpoint and picture on the training thread
     */
    public void addListener(TrainingListener listener) {
        listeners.add(listener);
    }

    /**
     * Divides each batch among copies of the model; before {@link #run}. A step is that of the
     * whole batch up to rounding, so a run may resume with another number; the averages of the
     * weights and the checkpoints are made once.
     *
     * @param devices where the copies are, beside the model itself on the device of this run
     * @throws IllegalArgumentException if a batch has fewer images than there are copies
     */
    public void replicateOn(List<Device> devices) {
        loop.replicateOn(devices);
    }

    /**
     * Has other processes compute parts of each batch; after {@link #replicateOn} and before {@link
     * #run}. Each of them has started the same run, or resumed it at the same checkpoint, in a
     * folder of its own; the folders end with the same weights.
     *
     * @param exchange connects them
     * @param every 1 to add up gradients in every step, which is then that of the whole batch; else
     *     steps that each process takes alone before they take the mean of their weights (local
     *     SGD)
     * @throws IllegalArgumentException if they cannot train so together; the message says what to
     *     change
     */
    public void exchangeWith(GradientExchange exchange, int every) {
        loop.exchangeWith(exchange, every);
    }

    /**
     * Returns how far the run is.
     *
     * @return steps taken
     */
    public long step() {
        return loop.step();
    }

    /**
     * Returns the run's settings.
     *
     * @return its configuration
     */
    public TrainingConfig config() {
        return config;
    }

    /**
     * Requests the run to finish its current step, save and return. Any thread may call this, at
     * any time.
     */
    public void stopAfterCurrentStep() {
        loop.stopAfterCurrentStep();
    }

    /**
     * Encodes the captions of the data, for a model that is conditioned on text; {@link #run} does
     * it if it is not open, and stores what it encoded in the run's folder.
     *
     * @param folder where encoded texts are stored, for this run and others
     * @param progress called with the number of missing captions that are done
     * @throws IOException if the folder cannot be read or written
     */
    public void encodeCaptions(Path folder, TextFeatureCache.ProgressListener progress)
            throws IOException {
        if (captions != null) {
            captions.encode(folder, data, progress);
        }
    }

    /**
     * Measures how long forward and backward pass of a batch take in the run's precision, as a
     * multiple of those in float32: a processor may have instructions for bfloat16 and be slower
     * with them. It takes eight of them and changes nothing; captions have to be encoded before.
     *
     * @return 1 for float32, where nothing is measured; below 1 where the precision is faster
     */
    public double timeBesideFloat32() {
        return loop.timeBesideFloat32();
    }

    /**
     * Trains to the last step, or until asked to stop; the last checkpoint is written before it
     * returns.
     *
     * @return how it ended
     * @throws DivergedException if loss or gradients are not finite any more
     * @throws BatchTooLargeException if memory does not suffice for a step
     * @throws MemoryLimitException if a step would need more than the process's control group has
     * @throws IOException if a file cannot be read or written, or a listener threw it
     */
    public Ending run() throws IOException {
        if (captions != null && !captions.areReady()) {
            encodeCaptions(run.captionsFolder(), TextFeatureCache.ProgressListener.SILENT);
        }
        if (captions != null) {
            captions.truncation().ifPresent(new Listeners(listeners)::warned);
        }
        if (step() < config.steps() && !manager.getDevice().isGpu()) {
            requireRoomForAStep();
        }
        BatchPlan plan =
                new BatchPlan(
                        config.batchSize(), config.seed(), config.flip(), config.shuffleBuffer());
        int logEvery = config.cadence().logEvery();
        try (EventLog log = EventLog.open(run.logFile(), step());
                TensorBoardEvents events = TensorBoardEvents.start(run, step(), Clock.systemUTC());
                Batches batches =
                        Batches.from(data, plan, loop.position(), loop.partFrom(), loop.partTo())) {
            List<TrainingListener> all = new ArrayList<>();
            all.add(new LogListener(log, logEvery));
            all.add(new TensorBoardListener(events, logEvery));
            all.addAll(listeners);
            Listeners hearing = new Listeners(all);
            RunOutputs outputs =
                    new RunOutputs(
                            run,
                            config,
                            facts,
                            models,
                            loop::state,
                            pictures(),
                            lastSaved,
                            hearing);
            loop.run(batches::next, hearing, outputs);
            outputs.saveUnlessSaved(step());
            lastSaved = step();
        }
        return step() < config.steps() ? Ending.STOPPED : Ending.FINISHED;
    }

    private SamplePictures pictures() {
        Conditioning conditioning = config.model().conditioning();
        int count = config.cadence().sampleCount();
        return new SamplePictures(
                config,
                models,
                run,
                manager.getDevice(),
                encoder == null
                        ? SamplePictures.classes(conditioning.classes(), count)
                        : SamplePictures.captions(data, count),
                data.preview(),
                name ->
                        encoder == null
                                ? conditioning.encoder(facts.classNames(), name)
                                : new PromptEncoder(
                                        new BorrowedEncoder(encoder),
                                        conditioning.contextTokens(),
                                        name));
    }

    private void requireRoomForAStep() throws MemoryLimitException {
        long trained = models.trainableWeights().values().stream().mapToLong(NDArray::size).sum();
        memory.requireRoomForAStep(
                config,
                trained,
                loop::microbatches,
                loop::tryOut,
                new Listeners(listeners)::warned);
    }

    /** Has limits read from the files below another folder than the root. */
    void readLimitsIn(Path root) {
        memory = new MemoryCheck(root);
    }

    /** Returns how many engine arrays the run holds between steps; it must not grow. */
    long arraysHeld() {
        return manager.getManagedArrays().size() + loop.replicaArrays();
    }

    /** Returns a fingerprint of the raw weights. */
    int weightsFingerprint() {
        return models.weights().values().stream()
                .map(NDArray::toFloatArray)
                .mapToInt(Arrays::hashCode)
                .reduce(1, (hash, next) -> 31 * hash + next);
    }

    /** Frees model and optimiser and lets go of the folder; what is not saved is lost. */
    @Override
    public void close() throws IOException {
        loop.close();
        try {
            if (captions != null) {
                captions.close();
            }
        } finally {
            resources.close();
        }
    }
}
