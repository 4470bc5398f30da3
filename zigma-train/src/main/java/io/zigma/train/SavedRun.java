package io.zigma.train;

import com.google.gson.JsonObject;
import io.zigma.backbone.BackboneSpec;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.config.TrainingJson;
import io.zigma.train.run.CheckpointStore;
import io.zigma.train.run.RunException;
import io.zigma.train.run.RunFolder;
import io.zigma.train.run.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A run as its folder has it, to be resumed. The caller holds the folder's lock: a training that
 * runs in there removes checkpoints while they are read.
 *
 * @param run its folder
 * @param newest the newest checkpoint
 * @param step how many steps that has taken
 * @param config the settings that it was saved with
 */
record SavedRun(RunFolder run, CheckpointFolder newest, long step, TrainingConfig config) {

    /**
     * Reads a run.
     *
     * @param run its folder
     * @throws RunException if there is nothing to resume, or its settings cannot be read
     * @throws IOException if the checkpoint cannot be read
     */
    static SavedRun read(RunFolder run) throws IOException {
        CheckpointFolder newest = CheckpointFolder.open(new CheckpointStore(run).newestToResume());
        Path folder = newest.path();
        return new SavedRun(
                run,
                newest,
                TrainingState.readStep(folder),
                config(folder, TrainingState.readConfig(folder), newest.config().model()));
    }

    /**
     * Returns the settings that the run was started or resumed with the last time. They differ from
     * those that it was saved with where it was resumed with others, such as another learning rate,
     * and killed before it saved.
     *
     * @throws IOException if they cannot be read
     */
    TrainingConfig lastConfig() throws IOException {
        Optional<JsonObject> asked = run.readTraining();
        return asked.isEmpty() ? config : config(run.configFile(), asked.get(), config.model());
    }

    /**
     * Refuses settings that the run cannot resume with, whatever its data is.
     *
     * @param asked the requested settings
     * @throws RunException if they differ in what has to stay, or more steps were taken than
     *     requested; the message says what to do
     */
    void requireResumable(TrainingConfig asked) throws RunException {
        RunChecks.requireSame(run.root(), config, asked);
        RunChecks.requireNotBeyond(run.root(), step, asked);
    }

    private static TrainingConfig config(Path place, JsonObject json, BackboneSpec model)
            throws RunException {
        try {
            return TrainingJson.read(json, model);
        } catch (IllegalArgumentException e) {
            throw new RunException(place + ": " + e.getMessage(), e);
        }
    }
}
