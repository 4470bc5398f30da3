package io.zigma.cli.command;

import io.zigma.base.Amount;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.EvaluationOptions;
import io.zigma.cli.option.ModelFolder;
import io.zigma.cli.option.SamplePrecision;
import io.zigma.cli.option.SamplingOptions;
import io.zigma.cli.option.UsageException;
import io.zigma.codec.CodecReference;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.eval.SampleSource;
import io.zigma.op.Precision;
import io.zigma.sampler.Sampler;
import io.zigma.train.run.CheckpointStore;
import io.zigma.train.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model to be evaluated, and how it is sampled.
 *
 * @param checkpoint its folder
 * @param name what it is called
 * @param step how many steps it was trained, for the checkpoint of a run
 * @param sampler how it is sampled
 * @param guidance how hard the condition is followed, and when
 * @param precision of large matrix products
 */
record EvaluatedModel(
        CheckpointFolder checkpoint,
        String name,
        Optional<Long> step,
        Sampler sampler,
        GuidanceStrength guidance,
        Precision precision) {

    /**
     * Finds all models, and ways to sample them, that the options select.
     *
     * @return at least one; all checkpoints of a run ascending by step, or all guidance scales
     *     ascending
     * @throws IOException if there is no model
     * @throws UsageException if a model cannot be guided but should be
     */
    static List<EvaluatedModel> all(
            Arguments arguments, EvaluationOptions options, ComputeOptions compute)
            throws IOException {
        Precision precision = SamplePrecision.of(arguments, compute);
        List<EvaluatedModel> models = new ArrayList<>();
        if (options.overTraining()) {
            Path folder = arguments.requiredPath(ModelFolder.MODEL);
            RunFolder run = new RunFolder(folder);
            if (!Files.isDirectory(run.checkpointsFolder())) {
                throw new UsageException(
                        "--over-training needs a run folder, which %s is not".formatted(folder));
            }
            CheckpointStore store = new CheckpointStore(run);
            for (long step : store.steps()) {
                models.add(
                        of(
                                CheckpointFolder.open(store.folder(step)),
                                nameOf(folder),
                                Optional.of(step),
                                options,
                                precision));
            }
            if (models.isEmpty()) {
                throw new IOException(
                        "%s holds no finished checkpoint; train on, or name another folder"
                                .formatted(run.checkpointsFolder()));
            }
            return models;
        }
        CheckpointFolder checkpoint = ModelFolder.open(arguments);
        String name = nameOf(arguments.requiredPath(ModelFolder.MODEL));
        if (!options.sweeps()) {
            return List.of(of(checkpoint, name, Optional.empty(), options, precision));
        }
        GuidanceStrength recommended = checkpoint.config().sampling().guidance();
        for (GuidanceStrength strength : options.sweep(recommended)) {
            models.add(of(checkpoint, name, Optional.empty(), strength, options, precision));
        }
        return models;
    }

    private static EvaluatedModel of(
            CheckpointFolder checkpoint,
            String name,
            Optional<Long> step,
            EvaluationOptions options,
            Precision precision) {
        return of(
                checkpoint,
                name,
                step,
                options.guidance(checkpoint.config().sampling().guidance()),
                options,
                precision);
    }

    private static EvaluatedModel of(
            CheckpointFolder checkpoint,
            String name,
            Optional<Long> step,
            GuidanceStrength guidance,
            EvaluationOptions options,
            Precision precision) {
        SamplingOptions.requireGuidable(checkpoint, guidance);
        return new EvaluatedModel(
                checkpoint,
                name,
                step,
                options.sampler(checkpoint.config().sampling()),
                guidance,
                precision);
    }

    /**
     * Returns where its samples come from, for the report.
     *
     * @param codec what decoded them, of a model of latents
     */
    SampleSource source(Optional<CodecReference> codec) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("weights_sha256", checkpoint.weightsHash());
        codec.ifPresent(
                found -> {
                    facts.put("codec", found.name());
                    facts.put("codec_sha256", found.hash());
                });
        step.ifPresent(steps -> facts.put(SampleSource.STEP, steps));
        facts.put("sampler", sampler.label());
        facts.put("steps", sampler.steps());
        if (!sampler.spec().options().isEmpty()) {
            facts.put("sampler_options", sampler.spec().options());
        }
        facts.put(SampleSource.GUIDANCE_SCALE, guidance.scale());
        facts.put("guidance_from", guidance.from());
        facts.put("guidance_to", guidance.to());
        if (guidance.channels() != 0) {
            facts.put("guidance_channels", guidance.channels());
        }
        if (precision != Precision.FLOAT32) {
            facts.put("number_format", precision.label()); // precision is a figure, too
        }
        return new SampleSource(
                name,
                "%s, %s, guidance %s"
                        .formatted(sampler.label(), Amount.of(sampler.steps(), "step"), guidance),
                guidance.guides(),
                facts);
    }

    private static String nameOf(Path folder) {
        return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
    }

    /** Returns the progress bar's text beside the numbers. */
    String note(long seed) {
        String training = step.map(steps -> "step " + steps + ", ").orElse("");
        return "%sguidance %s, seed %s".formatted(training, guidance, Long.toString(seed));
    }
}
