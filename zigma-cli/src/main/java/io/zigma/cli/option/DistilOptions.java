package io.zigma.cli.option;

import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.train.config.Cadence;
import io.zigma.train.config.Distillation;
import io.zigma.train.config.Objective;
import io.zigma.train.config.Optimization;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.optim.EmaConfig;
import io.zigma.train.optim.LearningRateSchedule;
import org.apache.commons.cli.Option;

/** The options of a distillation. */
public final class DistilOptions {

    private static final int DEFAULT_STEPS = 4;
    private static final int DEFAULT_LENGTH = 4000;
    private static final int DEFAULT_BATCH = 64;
    private static final double DEFAULT_RATE = 2e-4;
    private static final int DEFAULT_WARMUP = 100;
    private static final int DEFAULT_CADENCE = 500;
    private static final double DEFAULT_EMA = 0.999;

    private static final Option STEPS =
            Flags.value(
                    null,
                    "steps",
                    "N",
                    "steps from noise to picture that the new model needs; default "
                            + DEFAULT_STEPS);
    private static final Option LENGTH =
            Flags.value(null, "train-steps", "N", "steps to train for; default " + DEFAULT_LENGTH);
    private static final Option BATCH_SIZE =
            Flags.value(
                    null,
                    "batch-size",
                    "N",
                    "samples to learn from at once, a multiple of --steps; default "
                            + DEFAULT_BATCH);
    private static final Option RATE =
            Flags.value(
                    null,
                    "learning-rate",
                    "R",
                    "the learning rate at its peak, from which it falls to 0 along a cosine; default "
                            + DEFAULT_RATE);
    private static final Option SEED =
            Flags.value("s", "seed", "N", "determines everything random; default 0");
    private static final Option SAVE_EVERY =
            Flags.value(
                    null,
                    "save-every",
                    "N",
                    "steps between checkpoints, 0 for one at the end; default " + DEFAULT_CADENCE);
    private static final Option SAMPLE_EVERY =
            Flags.value(
                    null,
                    "sample-every",
                    "N",
                    "steps between sample pictures, 0 for none; default " + DEFAULT_CADENCE);
    private static final Option SAMPLER =
            Flags.value(
                    null,
                    "sampler",
                    "NAME",
                    "how the model in --model samples: heun, ab2 or another one that adds no noise;"
                            + " default: the checkpoint's");
    private static final Option TEACHER_STEPS =
            Flags.value(
                    null,
                    "teacher-steps",
                    "N",
                    "its steps, a multiple of --steps; default: the checkpoint's");
    private static final Option GUIDANCE =
            SamplingOptions.guidance(
                    "its guidance, which the new model has built in; default: the checkpoint's");

    /** How long to train and how. */
    public static final OptionSection HOW =
            OptionSection.of(
                    "How to train", STEPS, LENGTH, BATCH_SIZE, RATE, OptimizationOptions.EMA, SEED);

    /** How the teacher samples. */
    public static final OptionSection TEACHER =
            OptionSection.of(
                    "What to learn",
                    SAMPLER,
                    SamplingOptions.SAMPLER_OPTION,
                    TEACHER_STEPS,
                    GUIDANCE,
                    SamplingOptions.INTERVAL,
                    SamplingOptions.CHANNELS,
                    CaptionOptions.CAPTION_CACHE);

    /** What is written and when. */
    public static final OptionSection CADENCE =
            OptionSection.of("What to write and when", SAVE_EVERY, SAMPLE_EVERY);

    private final Arguments arguments;

    /** Reads the options of a command line. */
    public DistilOptions(Arguments arguments) {
        this.arguments = arguments;
    }

    /**
     * Returns the settings of a new run.
     *
     * @param teacher whose weights it starts from and whose paths it learns
     * @param data the conditions of the paths
     * @throws UsageException if a value cannot be meant or the values do not fit together
     */
    public TrainingConfig config(CheckpointFolder teacher, ImageDataset data) {
        SamplingDefaults recommended = teacher.config().sampling();
        SamplingOptions given = new SamplingOptions(arguments);
        GuidanceStrength guidance = given.guidance(teacher);
        int steps = arguments.integer(STEPS, 1, DEFAULT_STEPS);
        int length = arguments.integer(LENGTH, 1, DEFAULT_LENGTH);
        Optimization standard = OptimizationOptions.defaults();
        try {
            Distillation distillation =
                    new Distillation(
                            steps,
                            new SamplingDefaults(given.spec(recommended, TEACHER_STEPS), guidance));
            return TrainingConfig.of(teacher, data)
                    .withObjective(Objective.ofStudent(teacher.config().process(), distillation))
                    .withOptimization(
                            new Optimization(
                                    new LearningRateSchedule.Cosine(
                                            arguments.number(RATE, 1e-12, 1, DEFAULT_RATE),
                                            0,
                                            Math.min(DEFAULT_WARMUP, length / 2),
                                            length),
                                    standard.adamW(),
                                    standard.maxGradientNorm(),
                                    new EmaConfig(
                                            arguments.number(
                                                    OptimizationOptions.EMA,
                                                    0,
                                                    0.9999999,
                                                    DEFAULT_EMA),
                                            true)))
                    .withSteps(length)
                    .withBatchSize(
                            arguments.integer(
                                    BATCH_SIZE, 1, Math.max(1, DEFAULT_BATCH / steps) * steps))
                    .withSeed(arguments.wholeNumber(SEED).orElse(0L))
                    .withCadence(
                            new Cadence(
                                    arguments.integer(SAVE_EVERY, 0, DEFAULT_CADENCE),
                                    Cadence.DEFAULT.keep(),
                                    arguments.integer(SAMPLE_EVERY, 0, DEFAULT_CADENCE),
                                    Cadence.DEFAULT.sampleCount(),
                                    Cadence.DEFAULT.logEvery(),
                                    Cadence.DEFAULT.snapshotEvery()))
                    .withSampling(
                            new SamplingDefaults(
                                    Distillation.SAMPLER, steps, GuidanceStrength.NONE));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }
}
