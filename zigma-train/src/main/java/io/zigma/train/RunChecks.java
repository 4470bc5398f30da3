package io.zigma.train;

import com.google.gson.JsonElement;
import io.zigma.backbone.BackboneSpec;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.train.card.RunFacts;
import io.zigma.train.config.Differences;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.optim.LearningRateSchedule;
import io.zigma.train.run.RunException;
import java.nio.file.Path;
import java.util.List;

/** What has to fit together before a run begins or goes on. */
final class RunChecks {

    private RunChecks() {}

    /**
     * Requires a model that can be trained on the data.
     *
     * @throws IllegalArgumentException with what to change, if it cannot
     */
    static void requireFit(BackboneSpec model, ImageDataset data) {
        if (model.sample().isVideo()) {
            throw new IllegalArgumentException(
                    "%s holds images, the model makes videos".formatted(data.name()));
        }
        if (data.channels() != model.sample().channels()
                || data.height() != model.sample().height()
                || data.width() != model.sample().width()) {
            throw new IllegalArgumentException(
                    "%s holds images of %d×%d with %d channels, the model makes %d×%d with %d"
                            .formatted(
                                    data.name(),
                                    data.width(),
                                    data.height(),
                                    data.channels(),
                                    model.sample().width(),
                                    model.sample().height(),
                                    model.sample().channels()));
        }
        model.conditioning().requireTrainableOn(data.name(), data.labels().size());
    }

    /**
     * Requires that a run goes on as it was begun. Its length, to which a falling learning rate is
     * stretched, cadence and sampling may change, and whether it recomputes.
     *
     * @param saved how it was begun
     * @param asked how it goes on
     * @throws RunException with all differences
     */
    static void requireSame(Path folder, TrainingConfig saved, TrainingConfig asked)
            throws RunException {
        TrainingConfig comparable =
                asked.withSteps(saved.steps())
                        .withOptimization(
                                asked.optimization()
                                        .withRecompute(saved.optimization().recompute())
                                        .withSchedule(comparable(asked, saved)))
                        .withCadence(saved.cadence())
                        .withSampling(saved.sampling());
        List<String> differences = Differences.between(saved, comparable);
        if (!differences.isEmpty()) {
            throw new RunException(
                    "%s was begun with other settings: %s; resume it with its own, or begin a run in another folder"
                            .formatted(folder, String.join("; ", differences)));
        }
    }

    /** A rate that falls to the end of its run is the same whatever the run's length. */
    private static LearningRateSchedule comparable(TrainingConfig asked, TrainingConfig saved) {
        LearningRateSchedule schedule = asked.optimization().schedule();
        boolean same =
                schedule instanceof LearningRateSchedule.Cosine now
                        && saved.optimization().schedule()
                                instanceof LearningRateSchedule.Cosine before
                        && now.peak() == before.peak()
                        && now.floor() == before.floor()
                        && now.warmupSteps() == before.warmupSteps()
                        && now.totalSteps() == asked.steps()
                        && before.totalSteps() == saved.steps();
        return same ? saved.optimization().schedule() : schedule;
    }

    /**
     * Requires that a run goes on with the data it was begun on.
     *
     * @throws RunException if it is other data
     */
    static void requireSameData(Path folder, CheckpointFolder checkpoint, ImageDataset data)
            throws RunException {
        JsonElement hash = checkpoint.config().data().get(RunFacts.DATA_HASH);
        if (hash == null || !hash.getAsString().equals(data.contentHash())) {
            throw new RunException(
                    "%s was begun on other data than %s; resume it with its own, or begin a run in another folder"
                            .formatted(folder, data.name()));
        }
    }
}
