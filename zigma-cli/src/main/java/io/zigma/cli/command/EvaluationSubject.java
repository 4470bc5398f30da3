package io.zigma.cli.command;

import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.EvaluationOptions;
import io.zigma.cli.option.ModelFolder;
import io.zigma.cli.option.SamplingOptions;
import io.zigma.cli.option.UsageException;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.eval.ModelUnderTest;
import io.zigma.train.run.CheckpointStore;
import io.zigma.train.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model to be judged.
 *
 * @param checkpoint its folder
 * @param model what it is called, and how it is sampled
 */
record EvaluationSubject(CheckpointFolder checkpoint, ModelUnderTest model) {

    /**
     * Finds all models, and ways to sample them, that the options ask for.
     *
     * @return at least one; all checkpoints of a run ascending by step, or all guidance scales
     *     ascending
     * @throws IOException if there is no model
     * @throws UsageException if a model cannot be guided but should be
     */
    static List<EvaluationSubject> all(Arguments arguments, EvaluationOptions options)
            throws IOException {
        List<EvaluationSubject> subjects = new ArrayList<>();
        if (options.overTraining()) {
            Path folder = arguments.requiredPath(ModelFolder.MODEL);
            RunFolder run = new RunFolder(folder);
            if (!Files.isDirectory(run.checkpointsFolder())) {
                throw new UsageException(
                        "--over-training needs a run folder, which %s is not".formatted(folder));
            }
            CheckpointStore store = new CheckpointStore(run);
            for (long step : store.steps()) {
                subjects.add(
                        of(
                                CheckpointFolder.open(store.folder(step)),
                                nameOf(folder),
                                Optional.of(step),
                                options));
            }
            if (subjects.isEmpty()) {
                throw new IOException(
                        "%s holds no finished checkpoint; train on, or name another folder"
                                .formatted(run.checkpointsFolder()));
            }
            return subjects;
        }
        CheckpointFolder checkpoint = ModelFolder.open(arguments);
        String name = nameOf(arguments.requiredPath(ModelFolder.MODEL));
        if (!options.sweeps()) {
            return List.of(of(checkpoint, name, Optional.empty(), options));
        }
        GuidanceStrength usual = checkpoint.config().sampling().guidance();
        for (GuidanceStrength strength : options.sweep(usual)) {
            subjects.add(of(checkpoint, name, Optional.empty(), strength, options));
        }
        return subjects;
    }

    private static EvaluationSubject of(
            CheckpointFolder checkpoint,
            String name,
            Optional<Long> step,
            EvaluationOptions options) {
        return of(
                checkpoint,
                name,
                step,
                options.guidance(checkpoint.config().sampling().guidance()),
                options);
    }

    private static EvaluationSubject of(
            CheckpointFolder checkpoint,
            String name,
            Optional<Long> step,
            GuidanceStrength guidance,
            EvaluationOptions options) {
        CheckpointConfig config = checkpoint.config();
        SamplingOptions.requireGuidable(checkpoint, guidance);
        return new EvaluationSubject(
                checkpoint,
                new ModelUnderTest(
                        name,
                        checkpoint.weightsHash(),
                        step,
                        options.sampler(config.sampling()),
                        guidance));
    }

    private static String nameOf(Path folder) {
        return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
    }

    /** Returns what the progress bar says beside the numbers. */
    String note(long seed) {
        String step = model.step().map(steps -> "step " + steps + ", ").orElse("");
        return "%sguidance %s, seed %d".formatted(step, model.guidance(), seed);
    }
}
