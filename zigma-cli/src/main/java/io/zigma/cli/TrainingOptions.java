package io.zigma.cli;

import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.interpolant.InterpolantKind;
import io.zigma.interpolant.LossWeight;
import io.zigma.interpolant.Named;
import io.zigma.interpolant.Prediction;
import io.zigma.model.Conditioning;
import io.zigma.model.Positions;
import io.zigma.model.ZigMaConfig;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.sampler.Sampler;
import io.zigma.scan.ScanScheme;
import io.zigma.train.Cadence;
import io.zigma.train.Objective;
import io.zigma.train.Optimization;
import io.zigma.train.TimeSampling;
import io.zigma.train.TrainingConfig;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.optim.AdamWConfig;
import io.zigma.train.optim.EmaConfig;
import io.zigma.train.optim.LearningRateSchedule;
import io.zigma.train.optim.WeightDecayScope;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;

/** The options that decide how a run goes, with defaults for a small model on a small machine. */
final class TrainingOptions {

    private static final int DEFAULT_STEPS = 20_000;
    private static final int DEFAULT_WARMUP = 100;
    private static final double NO_LIMIT = Double.MAX_VALUE;
    private static final String CONSTANT = "constant";
    private static final String COSINE = "cosine";

    private static final Option STEPS =
            Flags.value(null, "steps", "N", "steps in all; default " + DEFAULT_STEPS);
    private static final Option BATCH_SIZE =
            Flags.value(null, "batch-size", "N", "pictures a step; default 32");
    private static final Option LEARNING_RATE =
            Flags.value(
                    null, "learning-rate", "R", "AdamW's learning rate at its peak; default 5e-4");
    private static final Option WARMUP =
            Flags.value(
                    null,
                    "warmup",
                    "N",
                    "steps in which the learning rate rises to its peak; default "
                            + DEFAULT_WARMUP);
    private static final Option DECAY =
            Flags.value(
                    null,
                    "decay",
                    "NAME",
                    "what the learning rate does then: constant (default) or cosine");
    private static final Option SEED =
            Flags.value(
                    "s",
                    "seed",
                    "N",
                    "decides weights, order, noise and dropped labels; default 0");
    private static final Option FLIP =
            Flags.flag(null, "flip", "mirror pictures left to right half of the time");

    private static final Option PATCH_SIZE =
            Flags.value(
                    null, "patch-size", "N", "side of the patches that become tokens; default 2");
    private static final Option HIDDEN_SIZE =
            Flags.value(null, "hidden-size", "N", "channels of a token; default 128");
    private static final Option DEPTH = Flags.value(null, "depth", "N", "layers; default 8");
    private static final Option SCAN =
            Flags.value(null, "scan", "NAME", spelled(scans()) + "; default zigzag-8");
    private static final Option POSITIONS =
            Flags.value(
                    null,
                    "positions",
                    "NAME",
                    "table of token positions: " + spelled(positions()) + "; default learned");

    private static final Option UNCONDITIONAL =
            Flags.flag(null, "unconditional", "pay no heed to classes");
    private static final Option LABEL_DROPOUT =
            Flags.value(
                    null,
                    "label-dropout",
                    "P",
                    "share of labels left out, for guidance to work; default 0.1");
    private static final Option INTERPOLANT =
            Flags.value(
                    null,
                    "interpolant",
                    "NAME",
                    "path from noise to data: "
                            + labels(InterpolantKind.values())
                            + "; default linear");
    private static final Option PREDICTION =
            Flags.value(
                    null,
                    "prediction",
                    "NAME",
                    "what the model learns: " + labels(Prediction.values()) + "; default velocity");
    private static final Option LOSS_WEIGHT =
            Flags.value(
                    null,
                    "loss-weight",
                    "NAME",
                    "for noise and score: " + labels(LossWeight.values()) + "; default none");
    private static final Option LOGIT_NORMAL =
            Flags.flag(null, "logit-normal", "train more in the middle between noise and data");
    private static final Option WEIGHT_DECAY =
            Flags.value(null, "weight-decay", "R", "decoupled weight decay; default 0");
    private static final Option CLIP =
            Flags.value(null, "clip", "NORM", "largest gradient norm; default 2");
    private static final Option EMA =
            Flags.value(
                    null,
                    "ema",
                    "R",
                    "share of the old average of the weights kept in a step; default 0.999");

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
    private static final Option SAMPLER =
            Flags.value(
                    null,
                    "sampler",
                    "NAME",
                    "for samples, and recommended by the checkpoint; default heun");
    private static final Option SAMPLE_STEPS =
            Flags.value(null, "sample-steps", "N", "steps of a sample; default 20");
    private static final Option GUIDANCE =
            Flags.value(null, "cfg-scale", "S", "guidance of samples; default 1, none");

    static final OptionSection LENGTH =
            OptionSection.of(
                    "How to train", STEPS, BATCH_SIZE, LEARNING_RATE, WARMUP, DECAY, FLIP, SEED);
    static final OptionSection MODEL =
            OptionSection.of("The model", PATCH_SIZE, HIDDEN_SIZE, DEPTH, SCAN, POSITIONS);
    static final OptionSection OBJECTIVE =
            OptionSection.of(
                    "What it learns",
                    UNCONDITIONAL,
                    LABEL_DROPOUT,
                    INTERPOLANT,
                    PREDICTION,
                    LOSS_WEIGHT,
                    LOGIT_NORMAL,
                    WEIGHT_DECAY,
                    CLIP,
                    EMA);
    static final OptionSection CADENCE =
            OptionSection.of(
                    "What to write and when",
                    SAVE_EVERY,
                    KEEP,
                    SAMPLE_EVERY,
                    SAMPLER,
                    SAMPLE_STEPS,
                    GUIDANCE);

    private final Arguments arguments;

    TrainingOptions(Arguments arguments) {
        this.arguments = arguments;
    }

    /** Tells whether any of these options was given. */
    boolean any() {
        return Stream.of(LENGTH, MODEL, OBJECTIVE, CADENCE)
                .flatMap(section -> section.options().stream())
                .anyMatch(arguments::has);
    }

    /**
     * Refuses what is wrong whatever the data is, before the data is read.
     *
     * @throws UsageException if a value cannot be meant
     */
    void check() {
        config(1, 2 * patchSize(), 2 * patchSize(), 2);
    }

    /**
     * Returns how the run shall go.
     *
     * @param data what it is trained on
     * @throws UsageException if a value cannot be meant or the values do not fit together
     */
    TrainingConfig config(ImageDataset data) {
        return config(data.channels(), data.height(), data.width(), data.labels().size());
    }

    private TrainingConfig config(int channels, int height, int width, int classes) {
        boolean conditional = classes > 0 && !arguments.has(UNCONDITIONAL);
        if (!conditional && arguments.has(LABEL_DROPOUT)) {
            throw new UsageException(
                    "--label-dropout is for models with classes; leave it out of an unconditional one");
        }
        try {
            double dropout = conditional ? arguments.number(LABEL_DROPOUT, 0, 0.99, 0.1) : 0;
            ZigMaConfig model =
                    new ZigMaConfig(
                            height,
                            width,
                            channels,
                            patchSize(),
                            arguments.integer(HIDDEN_SIZE, 1, 128),
                            arguments.integer(DEPTH, 1, 8),
                            choice(SCAN, scans(), ScanScheme.ZIGZAG_8),
                            MambaConfig.PUBLISHED,
                            choice(POSITIONS, positions(), Positions.LEARNED),
                            NormKind.RMS,
                            1e-5,
                            0,
                            conditional
                                    ? new Conditioning.ByClass(classes, dropout > 0)
                                    : new Conditioning.Unconditional());
            return TrainingConfig.of(model)
                    .withObjective(objective(dropout))
                    .withOptimization(optimization())
                    .withSteps(steps())
                    .withBatchSize(arguments.integer(BATCH_SIZE, 1, 32))
                    .withFlip(arguments.has(FLIP))
                    .withSeed(arguments.wholeNumber(SEED).orElse(0L))
                    .withCadence(cadence())
                    .withSampling(sampling());
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private int patchSize() {
        return arguments.integer(PATCH_SIZE, 1, 1024, 2);
    }

    private int steps() {
        return arguments.integer(STEPS, 1, DEFAULT_STEPS);
    }

    private Objective objective(double dropout) {
        return new Objective(
                named(INTERPOLANT, InterpolantKind.values(), InterpolantKind.LINEAR),
                named(PREDICTION, Prediction.values(), Prediction.VELOCITY),
                named(LOSS_WEIGHT, LossWeight.values(), LossWeight.NONE),
                arguments.has(LOGIT_NORMAL)
                        ? new TimeSampling.LogitNormal(0, 1)
                        : new TimeSampling.Uniform(),
                dropout);
    }

    private Optimization optimization() {
        double rate = arguments.number(LEARNING_RATE, 1e-12, 1, 5e-4);
        boolean cosine =
                arguments.choice(DECAY, List.of(CONSTANT, COSINE), CONSTANT).equals(COSINE);
        int steps = steps();
        LearningRateSchedule schedule =
                cosine
                        ? new LearningRateSchedule.Cosine(
                                rate,
                                0,
                                arguments.integer(WARMUP, 0, Math.min(DEFAULT_WARMUP, steps / 2)),
                                steps)
                        : new LearningRateSchedule.Constant(
                                rate, arguments.integer(WARMUP, 0, DEFAULT_WARMUP));
        AdamWConfig usual = AdamWConfig.DEFAULT;
        AdamWConfig adamW =
                new AdamWConfig(
                        usual.beta1(),
                        usual.beta2(),
                        usual.epsilon(),
                        arguments.number(WEIGHT_DECAY, 0, NO_LIMIT, 0),
                        WeightDecayScope.MATRICES);
        return new Optimization(
                schedule,
                adamW,
                arguments.number(CLIP, 1e-9, NO_LIMIT, Optimization.DEFAULT.maxGradientNorm()),
                new EmaConfig(arguments.number(EMA, 0, 0.9999999, 0.999), true));
    }

    private Cadence cadence() {
        Cadence usual = Cadence.DEFAULT;
        return new Cadence(
                arguments.integer(SAVE_EVERY, 0, usual.saveEvery()),
                arguments.integer(KEEP, 1, usual.keep()),
                arguments.integer(SAMPLE_EVERY, 0, usual.sampleEvery()),
                usual.sampleCount(),
                usual.logEvery());
    }

    private SamplingDefaults sampling() {
        SamplingDefaults usual = SamplingDefaults.PLAIN;
        return new SamplingDefaults(
                arguments.choice(SAMPLER, Sampler.names(), usual.sampler()),
                arguments.integer(SAMPLE_STEPS, 1, usual.steps()),
                arguments.number(GUIDANCE, 0, 100, usual.guidanceScale()));
    }

    private <T extends Enum<T> & Named> T named(Option option, T[] values, T otherwise) {
        List<String> labels = Arrays.stream(values).map(Named::label).toList();
        return values[labels.indexOf(arguments.choice(option, labels, otherwise.label()))];
    }

    private <T extends Enum<T>> T choice(Option option, List<T> values, T otherwise) {
        List<String> names = values.stream().map(TrainingOptions::spelled).toList();
        return values.get(names.indexOf(arguments.choice(option, names, spelled(otherwise))));
    }

    private static List<ScanScheme> scans() {
        return List.of(ScanScheme.values());
    }

    private static List<Positions> positions() {
        return List.of(Positions.values());
    }

    private static String labels(Named[] values) {
        return String.join(", ", Arrays.stream(values).map(Named::label).toList());
    }

    private static String spelled(List<? extends Enum<?>> values) {
        return String.join(", ", values.stream().map(TrainingOptions::spelled).toList());
    }

    private static String spelled(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
