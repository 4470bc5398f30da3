package io.zigma.train.loop;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.io.AtomicFile;
import io.zigma.io.SafetensorsType;
import io.zigma.train.card.ModelCard;
import io.zigma.train.card.RunFacts;
import io.zigma.train.config.Cadence;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.run.CheckpointStore;
import io.zigma.train.run.RunFolder;
import io.zigma.train.run.TrainingState;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Writes a run's sample pictures and checkpoints when they are due, and calls the listeners. */
public final class RunOutputs implements TrainingLoop.Outputs {

    private final RunFolder run;
    private final Cadence cadence;
    private final RunFacts facts;
    private final ModelPair models;
    private final Supplier<TrainingState> state;
    private final TrainingListener listener;
    private final SamplePictures pictures;
    private final CheckpointStore checkpoints;

    private long lastSaved;
    private long lastSampled = -1;

    /**
     * Makes the writer of a run.
     *
     * @param run where to
     * @param config how often
     * @param facts what checkpoints say of themselves
     * @param models whose EMA weights are sampled and saved
     * @param state what a checkpoint contains beside them
     * @param pictures what makes samples
     * @param lastSaved step of the newest checkpoint, −1 for none
     * @param listener called with every file
     */
    public RunOutputs(
            RunFolder run,
            TrainingConfig config,
            RunFacts facts,
            ModelPair models,
            Supplier<TrainingState> state,
            SamplePictures pictures,
            long lastSaved,
            TrainingListener listener) {
        this.run = run;
        this.cadence = config.cadence();
        this.facts = facts;
        this.models = models;
        this.state = state;
        this.listener = listener;
        this.pictures = pictures;
        this.checkpoints = new CheckpointStore(run);
        this.lastSaved = lastSaved;
    }

    @Override
    public void writeWhenDue(long step) throws IOException {
        if (Cadence.due(cadence.sampleEvery(), step)) {
            Path picture = pictures.write(step, facts.checkpoint(step));
            lastSampled = step;
            listener.sampled(step, picture);
        }
        if (Cadence.due(cadence.saveEvery(), step)) {
            save(step);
        }
    }

    /**
     * Writes a checkpoint, if that of this step does not exist.
     *
     * @param step steps taken
     * @throws IOException if it cannot be written
     */
    public void saveUnlessSaved(long step) throws IOException {
        if (lastSaved < step) {
            save(step);
        }
    }

    private void save(long step) throws IOException {
        Path checkpoint = checkpoints.write(step, cadence.keep(), folder -> write(step, folder));
        lastSaved = step;
        listener.saved(step, checkpoint);
    }

    private void write(long step, Path folder) throws IOException {
        CheckpointFolder.write(
                folder, facts.checkpoint(step), models.averages(), SafetensorsType.F32);
        state.get().write(folder);
        Path picture = run.sampleFile(step);
        boolean withSamples = lastSampled == step && Files.exists(picture);
        if (withSamples) {
            Files.copy(picture, folder.resolve(ModelCard.PICTURE));
        }
        AtomicFile.writeText(
                folder.resolve(CheckpointFolder.CARD), facts.modelCard(step, withSamples));
    }
}
