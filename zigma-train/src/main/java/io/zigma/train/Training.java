package io.zigma.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.backbone.Backbone;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.engine.EngineStart;
import io.zigma.io.AtomicFile;
import io.zigma.io.SafetensorsType;
import io.zigma.train.data.BatchPlan;
import io.zigma.train.data.Batches;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.run.CheckpointStore;
import io.zigma.train.run.EventLog;
import io.zigma.train.run.RunException;
import io.zigma.train.run.RunFolder;
import io.zigma.train.run.RunLock;
import io.zigma.train.run.TensorBoardEvents;
import io.zigma.train.run.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A training run: it begins in an empty folder or goes on in one, and leaves checkpoints.
 *
 * <p>Interrupted anywhere and resumed, it ends with the same bytes as if it had never stopped (on
 * the CPU, with the same number of threads). One thread runs it; {@link #stopAfterCurrentStep} may
 * be called from any.
 */
public final class Training implements AutoCloseable {

    private final RunFolder run;
    private final RunLock lock;
    private final TrainingConfig config;
    private final ImageDataset data;
    private final RunFacts facts;
    private final NDManager manager;
    private final ModelPair models;
    private final TrainingStep trainingStep;
    private final BatchSteps batchSteps;
    private final SamplePictures pictures;
    private final CheckpointStore checkpoints;
    private final List<TrainingListener> listeners = new ArrayList<>();

    private long step;
    private long lastSaved = -1;
    private long lastSampled = -1;
    private volatile boolean stopping;

    /** How a run came to its end. */
    public enum Ending {
        /** All steps were taken. */
        FINISHED,
        /** It was asked to stop and can be resumed. */
        STOPPED
    }

    private Training(
            RunFolder run,
            RunLock lock,
            TrainingConfig config,
            ImageDataset data,
            Provenance provenance,
            NDManager manager) {
        this.run = run;
        this.lock = lock;
        this.config = config;
        this.data = data;
        this.facts = new RunFacts(config, data, provenance);
        this.manager = manager;
        this.models =
                new ModelPair(config.model(), config.seed(), config.origin().frozen(), manager);
        this.trainingStep = new TrainingStep(config, models, manager);
        this.batchSteps = new BatchSteps(trainingStep, new BatchMaker(config), manager);
        this.pictures = new SamplePictures(config, models, run, manager.getDevice());
        this.checkpoints = new CheckpointStore(run);
    }

    /**
     * Begins a run.
     *
     * @param folder where it shall write; made if it is not there
     * @param config how it shall go
     * @param data what to train on
     * @param provenance what people will want to know
     * @param device where to compute
     * @return the run before its first step, which holds the folder's lock until it is closed
     * @throws RunException if the folder holds a run already, or is in use
     * @throws IllegalArgumentException if the data does not fit the model
     * @throws IOException if the folder cannot be written
     */
    public static Training start(
            Path folder,
            TrainingConfig config,
            ImageDataset data,
            Provenance provenance,
            Device device)
            throws IOException {
        if (config.origin().isCheckpoint()) {
            throw new IllegalArgumentException(
                    "this run starts from the weights of %s; hand over the checkpoint"
                            .formatted(config.origin().checkpoint()));
        }
        return start(folder, config, Optional.empty(), data, provenance, device);
    }

    /**
     * Begins a run with the weights of a checkpoint and a fresh optimiser, for fine-tuning.
     *
     * @param folder where it shall write; made if it is not there
     * @param config how it shall go, begun by {@link TrainingConfig#of(CheckpointFolder,
     *     ImageDataset)} with the same checkpoint
     * @param checkpoint whose weights it starts from; a class starts from the checkpoint's class of
     *     the same name, and from a drawn vector where it has none
     * @param data what to train on
     * @param provenance what people will want to know
     * @param device where to compute
     * @return the run before its first step, which holds the folder's lock until it is closed
     * @throws RunException if the folder holds a run already, or is in use
     * @throws IllegalArgumentException if the data or the checkpoint does not fit the configuration
     * @throws IOException if the checkpoint cannot be read or the folder not be written
     */
    public static Training start(
            Path folder,
            TrainingConfig config,
            CheckpointFolder checkpoint,
            ImageDataset data,
            Provenance provenance,
            Device device)
            throws IOException {
        if (!config.origin().weightsHash().equals(checkpoint.weightsHash())) {
            throw new IllegalArgumentException(
                    "the configuration was not made for the weights in %s; begin it with TrainingConfig.of(checkpoint, data)"
                            .formatted(checkpoint.path()));
        }
        return start(folder, config, Optional.of(checkpoint), data, provenance, device);
    }

    private static Training start(
            Path folder,
            TrainingConfig config,
            Optional<CheckpointFolder> checkpoint,
            ImageDataset data,
            Provenance provenance,
            Device device)
            throws IOException {
        RunChecks.requireFit(config.model(), data);
        RunFolder run = RunFolder.create(folder);
        RunLock lock = RunLock.take(folder);
        NDManager manager = EngineStart.newManager(device);
        try {
            Training training = new Training(run, lock, config, data, provenance, manager);
            training.checkpoints.removeLeftovers();
            if (checkpoint.isPresent()) {
                training.startFrom(checkpoint.get());
            }
            run.writeConfig(training.facts.runConfig());
            return training;
        } catch (IOException | RuntimeException | Error e) {
            manager.close();
            lock.close();
            throw e;
        }
    }

    /**
     * Goes on with a run as it was configured.
     *
     * @param folder the run's folder
     * @param data what it is trained on
     * @param provenance what people will want to know
     * @param device where to compute
     * @return the run as its newest checkpoint has it
     * @throws RunException if there is nothing to resume, the folder is in use, or the data is
     *     other data
     * @throws IOException if the checkpoint cannot be read
     */
    public static Training resume(
            Path folder, ImageDataset data, Provenance provenance, Device device)
            throws IOException {
        return resume(folder, configuration(folder), data, provenance, device);
    }

    /**
     * Goes on with a run that is asked for with a configuration again. Its length (with that of a
     * learning rate that falls to its end), cadence and sampling may change, and whether it
     * recomputes; everything else must be as it was.
     *
     * @param folder the run's folder
     * @param asked how it shall go
     * @param data what it is trained on
     * @param provenance what people will want to know
     * @param device where to compute
     * @return the run as its newest checkpoint has it
     * @throws RunException if there is nothing to resume, the folder is in use, the data is other
     *     data, or the configuration differs; the message lists the differences
     * @throws IOException if the checkpoint cannot be read
     */
    public static Training resume(
            Path folder,
            TrainingConfig asked,
            ImageDataset data,
            Provenance provenance,
            Device device)
            throws IOException {
        RunFolder run = RunFolder.open(folder);
        RunLock lock = RunLock.take(folder);
        NDManager manager = EngineStart.newManager(device);
        try {
            CheckpointFolder newest = newest(run);
            RunChecks.requireSame(folder, configuration(newest), asked);
            RunChecks.requireFit(asked.model(), data);
            RunChecks.requireSameData(folder, newest, data);
            Provenance whole = RunFacts.provenance(newest.config()).continuedBy(provenance);
            Training training = new Training(run, lock, asked, data, whole, manager);
            training.checkpoints.removeLeftovers();
            training.restore(newest);
            run.writeConfig(training.facts.runConfig());
            return training;
        } catch (IOException | RuntimeException | Error e) {
            manager.close();
            lock.close();
            throw e;
        }
    }

    /**
     * Returns how a run was configured, as its newest checkpoint has it.
     *
     * @param folder the run's folder
     * @return the configuration that resuming it may be asked for with
     * @throws RunException if there is nothing to resume, or the folder is in use
     * @throws IOException if the checkpoint cannot be read
     */
    public static TrainingConfig configuration(Path folder) throws IOException {
        RunFolder run = RunFolder.open(folder);
        // a training that goes on in there removes checkpoints while they are read
        try (RunLock reading = RunLock.take(folder)) {
            return configuration(newest(run));
        }
    }

    private static CheckpointFolder newest(RunFolder run) throws IOException {
        return CheckpointFolder.open(new CheckpointStore(run).newestToResume());
    }

    private static TrainingConfig configuration(CheckpointFolder checkpoint) throws IOException {
        try {
            return TrainingJson.read(
                    TrainingState.readConfig(checkpoint.path()), checkpoint.config().model());
        } catch (IllegalArgumentException e) {
            throw new RunException(checkpoint.path() + ": " + e.getMessage(), e);
        }
    }

    private void startFrom(CheckpointFolder checkpoint) throws IOException {
        try (NDManager scope = manager.newSubManager()) {
            Map<String, NDArray> weights = averages(checkpoint.loadModel(scope));
            trainingStep.startFrom(
                    new StartingWeights(checkpoint.config(), weights)
                            .over(models.weights(), config.model().conditioning(), data.labels()));
        }
    }

    private void restore(CheckpointFolder checkpoint) throws IOException {
        try (NDManager scope = manager.newSubManager()) {
            TrainingState state = TrainingState.read(checkpoint.path(), scope);
            trainingStep.restore(state, averages(checkpoint.loadModel(scope)));
            step = state.step();
        } catch (IllegalArgumentException e) {
            throw new RunException(checkpoint.path() + ": " + e.getMessage(), e);
        }
        lastSaved = step;
    }

    private static Map<String, NDArray> averages(Backbone model) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        model.namedParameters().forEach((name, value) -> arrays.put(name, value.getArray()));
        return arrays;
    }

    /**
     * Adds somebody who watches; before {@link #run}.
     *
     * @param listener hears of every step, checkpoint and picture on the training thread
     */
    public void addListener(TrainingListener listener) {
        listeners.add(listener);
    }

    /**
     * Returns how far the run is.
     *
     * @return steps taken
     */
    public long step() {
        return step;
    }

    /**
     * Asks the run to finish the step it is in, save and return. Any thread may ask, at any time.
     */
    public void stopAfterCurrentStep() {
        stopping = true;
    }

    /**
     * Trains to the last step, or until asked to stop; the last checkpoint is written before it
     * returns.
     *
     * @return how it ended
     * @throws DivergedException if loss or gradients are not finite any more
     * @throws BatchTooLargeException if memory does not suffice for a step
     * @throws IOException if a file cannot be read or written, or a listener threw it
     */
    public Ending run() throws IOException {
        BatchPlan plan = new BatchPlan(config.batchSize(), config.seed(), config.flip());
        int logEvery = config.cadence().logEvery();
        try (EventLog log = EventLog.open(run.logFile(), step);
                TensorBoardEvents events = TensorBoardEvents.start(run, step, Clock.systemUTC());
                Batches batches = Batches.from(data, plan, step * config.batchSize())) {
            List<TrainingListener> all = new ArrayList<>();
            all.add(new LogListener(log, logEvery));
            all.add(new TensorBoardListener(events, logEvery));
            all.addAll(listeners);
            while (step < config.steps() && !stopping) {
                StepReport report = batchSteps.take(step, batches.next());
                step = report.step();
                for (TrainingListener listener : all) {
                    listener.afterStep(report);
                }
                sampleWhenDue(all);
                if (Cadence.due(config.cadence().saveEvery(), step)) {
                    save(all);
                }
            }
            if (lastSaved < step) {
                save(all);
            }
        }
        return step < config.steps() ? Ending.STOPPED : Ending.FINISHED;
    }

    private void sampleWhenDue(List<TrainingListener> all) throws IOException {
        if (Cadence.due(config.cadence().sampleEvery(), step)) {
            Path picture = pictures.draw(step, facts.checkpoint(step));
            lastSampled = step;
            for (TrainingListener listener : all) {
                listener.sampled(step, picture);
            }
        }
    }

    private void save(List<TrainingListener> all) throws IOException {
        Path checkpoint = checkpoints.write(step, config.cadence().keep(), this::write);
        lastSaved = step;
        for (TrainingListener listener : all) {
            listener.saved(step, checkpoint);
        }
    }

    private void write(Path folder) throws IOException {
        CheckpointFolder.write(
                folder, facts.checkpoint(step), models.averages(), SafetensorsType.F32);
        trainingStep.state(step, TrainingJson.write(config)).write(folder);
        Path picture = run.sampleFile(step);
        boolean withSamples = lastSampled == step && Files.exists(picture);
        if (withSamples) {
            Files.copy(picture, folder.resolve(ModelCard.PICTURE));
        }
        AtomicFile.writeText(
                folder.resolve(CheckpointFolder.CARD), facts.modelCard(step, withSamples));
    }

    /** Returns how many engine arrays the run holds between steps; it must not grow. */
    long arraysHeld() {
        return manager.getManagedArrays().size();
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
        try (lock;
                manager) {
            trainingStep.close();
        }
    }
}
