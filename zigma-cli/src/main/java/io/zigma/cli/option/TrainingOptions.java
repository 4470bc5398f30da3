package io.zigma.cli.option;

import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.condition.Conditioning;
import io.zigma.condition.Unconditional;
import io.zigma.text.TextEncoder;
import io.zigma.train.config.Cadence;
import io.zigma.train.config.Objective;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.ImageDataset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;

/** The options of a training run, with defaults for a small model on a small machine. */
public final class TrainingOptions {

    private static final int DEFAULT_STEPS = 20_000;

    private static final int DEFAULT_BATCH_SIZE = 32;
    private static final Option STEPS =
            Flags.value(null, "steps", "N", "steps in all; default " + DEFAULT_STEPS);
    private static final Option BATCH_SIZE =
            Flags.value(null, "batch-size", "N", "pictures at once; default " + DEFAULT_BATCH_SIZE);
    private static final Option ACCUMULATE =
            Flags.value(
                    null,
                    "accumulate",
                    "N",
                    "batches whose gradients are added up for one step, which so learns from N"
                            + " times --batch-size pictures in the memory of one batch; default 1");
    private static final Option SEED =
            Flags.value(
                    "s",
                    "seed",
                    "N",
                    "determines weights, order, noise and dropped labels; default 0");
    private static final Option FLIP =
            Flags.flag(null, "flip", "mirror pictures left to right half of the time");
    private static final Option SHUFFLE_BUFFER =
            Flags.value(
                    null,
                    "shuffle-buffer",
                    "N",
                    "of shards: read one after the other in random order and shuffle N pictures that"
                            + " follow each other; default 0, each picture from anywhere");
    private static final Option FREEZE =
            Flags.value(
                    null,
                    "freeze",
                    "A,B,...",
                    "with --from: weights that are not trained, by the beginnings of their names,"
                            + " such as x_embedder,blocks.0.");
    private static final Option SAVE_EVERY =
            Flags.value(
                    null,
                    "save-every",
                    "N",
                    "steps between checkpoints, 0 for one at the end; default 1000");
    private static final Option KEEP =
            Flags.value(null, "keep", "N", "checkpoints that stay; default 3");
    private static final Option SAMPLE_EVERY =
            Flags.value(
                    null,
                    "sample-every",
                    "N",
                    "steps between sample pictures, 0 for none; default 1000");
    private static final Option SNAPSHOT_EVERY =
            Flags.value(
                    null,
                    "snapshot-every",
                    "N",
                    "with --power-ema: steps between snapshots of the averages, which all stay, 0"
                            + " for one at the end; default 1000");
    private static final Option SAMPLER =
            Flags.value(
                    null,
                    "sampler",
                    "NAME",
                    "for samples, and recommended by the checkpoint; default heun, or that of"
                            + " --from");
    private static final Option SAMPLE_STEPS =
            Flags.value(
                    null, "sample-steps", "N", "steps of a sample; default 20, or those of --from");
    private static final Option GUIDANCE =
            SamplingOptions.guidance("guidance of samples; default 1, none, or that of --from");

    public static final OptionSection LENGTH =
            OptionSection.of(
                    "How to train",
                    STEPS,
                    BATCH_SIZE,
                    ACCUMULATE,
                    OptimizationOptions.OPTIMIZER,
                    OptimizationOptions.LEARNING_RATE,
                    OptimizationOptions.WARMUP,
                    OptimizationOptions.DECAY,
                    FLIP,
                    SHUFFLE_BUFFER,
                    SEED,
                    OptimizationOptions.RECOMPUTE,
                    OptimizationOptions.PRECISION);
    public static final OptionSection OBJECTIVE =
            OptionSection.of(
                    "What it learns",
                    CaptionOptions.TEXT_ENCODER,
                    CaptionOptions.TEXT_TOKENS,
                    CaptionOptions.CAPTION_CACHE,
                    ObjectiveOptions.UNCONDITIONAL,
                    ObjectiveOptions.LABEL_DROPOUT,
                    ObjectiveOptions.PROCESS,
                    ObjectiveOptions.PROCESS_OPTION,
                    ObjectiveOptions.INTERPOLANT,
                    ObjectiveOptions.PREDICTION,
                    ObjectiveOptions.LOSS_WEIGHT,
                    ObjectiveOptions.TIMES,
                    ObjectiveOptions.TIMES_OPTION,
                    ObjectiveOptions.LOGIT_NORMAL,
                    ObjectiveOptions.TIME_MEAN,
                    ObjectiveOptions.TIME_DEVIATION,
                    ObjectiveOptions.CONTRASTIVE,
                    ObjectiveOptions.TOKEN_ROUTING,
                    ObjectiveOptions.NOISE_CHOICE,
                    OptimizationOptions.WEIGHT_DECAY,
                    OptimizationOptions.CLIP,
                    OptimizationOptions.EMA,
                    OptimizationOptions.POWER_EMA,
                    FREEZE);
    public static final OptionSection CADENCE =
            OptionSection.of(
                    "What to write and when",
                    SAVE_EVERY,
                    KEEP,
                    SAMPLE_EVERY,
                    SNAPSHOT_EVERY,
                    SAMPLER,
                    SamplingOptions.SAMPLER_OPTION,
                    SAMPLE_STEPS,
                    GUIDANCE,
                    SamplingOptions.INTERVAL,
                    SamplingOptions.CHANNELS);

    private final Arguments arguments;
    private final ModelOptions model;
    private final ObjectiveOptions objective;
    private final OptimizationOptions optimization;
    private final CaptionOptions captions;

    public TrainingOptions(Arguments arguments) {
        this.arguments = arguments;
        this.model = new ModelOptions(arguments);
        this.objective = new ObjectiveOptions(arguments);
        this.optimization = new OptimizationOptions(arguments);
        this.captions = new CaptionOptions(arguments);
    }

    /**
     * Refuses what is wrong whatever the data is, before the data is read.
     *
     * @param frames of its clips, 0 for pictures
     * @throws UsageException if a value cannot be meant
     */
    public void check(int frames) {
        checkNothingFrozen();
        captions.check();
        int side = model.plausibleSide();
        config(
                new SampleShape(frames, 1, side, side),
                captions.given() ? new ByText(1, captions.tokens(0)) : classes(2));
    }

    /**
     * Refuses to freeze weights of a run that does not start from a checkpoint.
     *
     * @throws UsageException if it is asked for
     */
    public void checkNothingFrozen() {
        if (arguments.has(FREEZE)) {
            throw new UsageException(
                    "--freeze is for a run that starts from a checkpoint; add --from, or leave it"
                            + " out");
        }
    }

    /**
     * Refuses what a checkpoint settles, whatever checkpoint and data are.
     *
     * @throws UsageException if it is asked for
     */
    public void checkTuning() {
        Stream.concat(
                        ModelOptions.SECTION.options().stream(),
                        Stream.of(
                                ObjectiveOptions.PROCESS,
                                ObjectiveOptions.PROCESS_OPTION,
                                ObjectiveOptions.INTERPOLANT,
                                ObjectiveOptions.PREDICTION,
                                ObjectiveOptions.UNCONDITIONAL))
                .filter(arguments::has)
                .findFirst()
                .ifPresent(
                        option -> {
                            throw new UsageException(
                                    "%s is determined by the checkpoint in --from; leave it out"
                                            .formatted(Arguments.spelling(option)));
                        });
        frozen();
        captions.tokens(0);
    }

    /**
     * Refuses what is wrong of a run that starts from a checkpoint, whatever the data are.
     *
     * @param checkpoint whose process it trains for
     * @throws UsageException if a value is invalid or the values do not fit together
     */
    public void check(CheckpointFolder checkpoint) {
        TrainingConfig any = defaults(SampleShape.image(1, 2, 2), classes(2));
        Objective standard = any.objective();
        try {
            combined(
                    any.withObjective(
                            new Objective(
                                    checkpoint.config().process(),
                                    standard.times(),
                                    standard.labelDropout())));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /**
     * Returns the settings of a run that starts from a checkpoint.
     *
     * @param checkpoint whose weights, model, path and prediction it takes
     * @param data what it is trained on
     * @throws UsageException if a value cannot be meant or the values do not fit together
     */
    public TrainingConfig config(CheckpointFolder checkpoint, ImageDataset data) {
        try {
            TrainingConfig tuning = TrainingConfig.of(checkpoint, data);
            return combined(
                            tuning.withOptimization(OptimizationOptions.defaults())
                                    .withSteps(DEFAULT_STEPS))
                    .withOrigin(tuning.origin().withFrozen(frozen()));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private List<String> frozen() {
        List<String> names =
                arguments
                        .text(FREEZE)
                        .map(given -> Stream.of(given.split(",", -1)).map(String::strip).toList())
                        .orElse(List.of());
        if (names.stream().anyMatch(String::isEmpty)) {
            throw new UsageException(
                    "--freeze needs beginnings of weights' names with commas between them, not '%s'"
                            .formatted(arguments.text(FREEZE).orElse("")));
        }
        return names;
    }

    /**
     * Returns the settings of a new run.
     *
     * @param data what it is trained on
     * @throws UsageException if a value cannot be meant or the values do not fit together
     */
    public TrainingConfig config(ImageDataset data) {
        return config(sample(data), classes(data.labels().size()));
    }

    /**
     * Returns the settings of a new run that learns from captions.
     *
     * @param data what it is trained on
     * @param encoder what reads the captions
     * @throws UsageException if a value cannot be meant or the values do not fit together
     */
    public TrainingConfig config(ImageDataset data, TextEncoder encoder) {
        int tokens = Math.min(captions.tokens(0), encoder.maxTokens());
        return config(sample(data), new ByText(encoder.size(), tokens))
                .withTextEncoder(Optional.of(encoder.reference()));
    }

    private static SampleShape sample(ImageDataset data) {
        return data.sample();
    }

    private static Conditioning classes(int classes) {
        return classes > 0 ? new ByClass(classes, true) : new Unconditional();
    }

    private TrainingConfig config(SampleShape sample, Conditioning conditioning) {
        try {
            return combined(defaults(sample, conditioning));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /**
     * Returns the settings of a resumed run.
     *
     * @param saved how it went so far, which holds for every option that was not given
     * @throws UsageException if a value cannot be meant or the values do not fit together
     */
    public TrainingConfig changed(TrainingConfig saved) {
        for (Option option : List.of(ModelOptions.BACKBONE, ModelOptions.PRESET)) {
            if (arguments.has(option)) {
                throw new UsageException(
                        "%s cannot change when a run is resumed; leave it out"
                                .formatted(Arguments.spelling(option)));
            }
        }
        try {
            return combined(saved);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private TrainingConfig defaults(SampleShape sample, Conditioning conditioning) {
        Objective defaults = ObjectiveOptions.defaults(conditioning.guidable());
        return TrainingConfig.of(model.model(sample, conditioning, defaults.process()))
                .withObjective(defaults)
                .withOptimization(OptimizationOptions.defaults())
                .withSteps(DEFAULT_STEPS);
    }

    /** What was given, and the defaults for the rest. */
    private TrainingConfig combined(TrainingConfig defaults) {
        Conditioning conditioning = defaults.model().conditioning();
        double dropout = objective.labelDropout(defaults.objective().labelDropout(), conditioning);
        int steps = arguments.integer(STEPS, 1, Math.toIntExact(defaults.steps()));
        Objective learned = objective.objective(defaults.objective(), dropout);
        return new TrainingConfig(
                model.model(
                        defaults.model(),
                        defaults.model().sample(),
                        objective.conditioning(conditioning, dropout),
                        learned.process()),
                learned,
                optimization.optimization(defaults.optimization(), defaults.steps(), steps),
                steps,
                arguments.integer(BATCH_SIZE, 1, defaults.batchSize()),
                arguments.integer(ACCUMULATE, 1, defaults.accumulate()),
                arguments.has(FLIP) || defaults.flip(),
                arguments.wholeNumber(SEED).orElse(defaults.seed()),
                arguments.integer(SHUFFLE_BUFFER, 0, defaults.shuffleBuffer()),
                cadence(defaults.cadence()),
                sampling(defaults.sampling()),
                defaults.origin(),
                defaults.textEncoder());
    }

    private Cadence cadence(Cadence defaults) {
        return new Cadence(
                arguments.integer(SAVE_EVERY, 0, defaults.saveEvery()),
                arguments.integer(KEEP, 1, defaults.keep()),
                arguments.integer(SAMPLE_EVERY, 0, defaults.sampleEvery()),
                defaults.sampleCount(),
                defaults.logEvery(),
                arguments.integer(SNAPSHOT_EVERY, 0, defaults.snapshotEvery()));
    }

    private SamplingDefaults sampling(SamplingDefaults defaults) {
        SamplingOptions given = new SamplingOptions(arguments);
        return new SamplingDefaults(
                given.spec(defaults, SAMPLE_STEPS), given.guidance(defaults.guidance()));
    }

    /**
     * Returns how many pictures a batch has.
     *
     * @param resuming whether a run says so where the option does not
     * @return nothing if the run says so
     */
    public OptionalInt batchSize(boolean resuming) {
        return resuming && !arguments.has(BATCH_SIZE)
                ? OptionalInt.empty()
                : OptionalInt.of(arguments.integer(BATCH_SIZE, 1, DEFAULT_BATCH_SIZE));
    }
}
