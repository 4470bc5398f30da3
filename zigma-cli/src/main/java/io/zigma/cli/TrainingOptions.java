package io.zigma.cli;

import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.Spelling;
import io.zigma.interpolant.InterpolantKind;
import io.zigma.interpolant.LossWeight;
import io.zigma.interpolant.Named;
import io.zigma.interpolant.Prediction;
import io.zigma.model.Canvas;
import io.zigma.model.Conditioning;
import io.zigma.model.Positions;
import io.zigma.model.Preset;
import io.zigma.model.ZigMaConfig;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.sampler.Sampler;
import io.zigma.scan.ScanScheme;
import io.zigma.scan.Zigzag;
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
import java.util.Optional;
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
    private static final Option RECOMPUTE =
            Flags.flag(
                    null,
                    "recompute",
                    "run each layer again in the backward pass: far less memory, a third more time,"
                            + " the same result");

    private static final Option PRESET =
            Flags.value(
                    null,
                    "preset",
                    "NAME",
                    "a published model, of which the other options change parts: "
                            + String.join(", ", Preset.labels())
                            + "; default: a small one");
    private static final Option PATCH_SIZE =
            Flags.value(
                    null, "patch-size", "N", "side of the patches that become tokens; default 2");
    private static final Option HIDDEN_SIZE =
            Flags.value(null, "hidden-size", "N", "channels of a token; default 128");
    private static final Option DEPTH = Flags.value(null, "depth", "N", "layers; default 8");
    private static final Option SCAN =
            Flags.value(
                    null,
                    "scan",
                    "NAME",
                    String.join(", ", ScanScheme.spellings())
                            + " (N 1 to 8, random any; videos only: PATTERN of s and t);"
                            + " default zigzag-8");
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
    static final Option INTERPOLANT =
            Flags.value(
                    null,
                    "interpolant",
                    "NAME",
                    "path from noise to data: "
                            + labels(InterpolantKind.values())
                            + "; default linear");
    static final Option PREDICTION =
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
    private static final Option FREEZE =
            Flags.value(
                    null,
                    "freeze",
                    "A,B,...",
                    "with --from: weights that stay as they are, by the beginnings of their names,"
                            + " such as x_embedder,blocks.0.");
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
            SamplingOptions.guidance("guidance of samples; default 1, none");

    static final OptionSection LENGTH =
            OptionSection.of(
                    "How to train",
                    STEPS,
                    BATCH_SIZE,
                    LEARNING_RATE,
                    WARMUP,
                    DECAY,
                    FLIP,
                    SEED,
                    RECOMPUTE);
    static final OptionSection MODEL =
            OptionSection.of("The model", PRESET, PATCH_SIZE, HIDDEN_SIZE, DEPTH, SCAN, POSITIONS);
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
                    EMA,
                    FREEZE);
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

    /**
     * Refuses what is wrong whatever the data is, before the data is read.
     *
     * @throws UsageException if a value cannot be meant
     */
    void check() {
        if (arguments.has(FREEZE)) {
            throw new UsageException(
                    "--freeze is for a run that starts from a checkpoint; add --from, or leave it out");
        }
        config(1, 2 * patchSize(), 2 * patchSize(), 2);
    }

    /**
     * Refuses what is wrong of a run that starts from a checkpoint, whatever checkpoint and data
     * are.
     *
     * @throws UsageException if a value cannot be meant, or is the checkpoint's to say
     */
    void checkTuning() {
        Stream.concat(MODEL.options().stream(), Stream.of(INTERPOLANT, PREDICTION, UNCONDITIONAL))
                .filter(arguments::has)
                .findFirst()
                .ifPresent(
                        option -> {
                            throw new UsageException(
                                    "%s is settled by the checkpoint in --from; leave it out"
                                            .formatted(Arguments.spelling(option)));
                        });
        frozen();
        config(1, 2, 2, 2);
    }

    /**
     * Returns how a run shall go that starts from a checkpoint.
     *
     * @param checkpoint whose weights, model, path and prediction it takes
     * @param data what it is trained on
     * @throws UsageException if a value cannot be meant or the values do not fit together
     */
    TrainingConfig config(CheckpointFolder checkpoint, ImageDataset data) {
        try {
            TrainingConfig tuning = TrainingConfig.of(checkpoint, data);
            return combined(
                            tuning.withOptimization(usual(1, 2, 2, 0).optimization())
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
     * Returns how a new run shall go.
     *
     * @param data what it is trained on
     * @throws UsageException if a value cannot be meant or the values do not fit together
     */
    TrainingConfig config(ImageDataset data) {
        return config(data.channels(), data.height(), data.width(), data.labels().size());
    }

    private TrainingConfig config(int channels, int height, int width, int classes) {
        try {
            return combined(usual(channels, height, width, classes));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /**
     * Returns how a run shall go on.
     *
     * @param saved how it went so far, which holds for every option that was not given
     * @throws UsageException if a value cannot be meant or the values do not fit together
     */
    TrainingConfig changed(TrainingConfig saved) {
        if (arguments.has(PRESET)) {
            throw new UsageException("--preset cannot change when a run goes on; leave it out");
        }
        try {
            return combined(saved);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private TrainingConfig usual(int channels, int height, int width, int classes) {
        Conditioning conditioning =
                classes > 0
                        ? new Conditioning.ByClass(classes, true)
                        : new Conditioning.Unconditional();
        ZigMaConfig model = model(new Canvas.Image(channels, height, width), conditioning);
        Objective objective = Objective.DEFAULT;
        Optimization official = Optimization.DEFAULT;
        return TrainingConfig.of(model)
                .withObjective(
                        new Objective(
                                objective.path(),
                                objective.prediction(),
                                objective.weight(),
                                objective.times(),
                                classes > 0 ? 0.1 : 0))
                .withOptimization(
                        new Optimization(
                                new LearningRateSchedule.Constant(5e-4, DEFAULT_WARMUP),
                                new AdamWConfig(
                                        official.adamW().beta1(),
                                        official.adamW().beta2(),
                                        official.adamW().epsilon(),
                                        official.adamW().weightDecay(),
                                        WeightDecayScope.MATRICES),
                                official.maxGradientNorm(),
                                new EmaConfig(0.999, true)))
                .withSteps(DEFAULT_STEPS);
    }

    /** What was given, and the usual values for the rest. */
    private TrainingConfig combined(TrainingConfig usual) {
        boolean conditional =
                usual.model().conditioning() instanceof Conditioning.ByClass
                        && !arguments.has(UNCONDITIONAL);
        if (!conditional && arguments.has(LABEL_DROPOUT)) {
            throw new UsageException(
                    "--label-dropout is for models with classes; leave it out of an unconditional one");
        }
        double dropout =
                conditional
                        ? arguments.number(LABEL_DROPOUT, 0, 0.99, usual.objective().labelDropout())
                        : 0;
        int steps = arguments.integer(STEPS, 1, Math.toIntExact(usual.steps()));
        return new TrainingConfig(
                model(
                        usual.model(),
                        usual.model().canvas(),
                        conditional
                                        && usual.model().conditioning()
                                                instanceof Conditioning.ByClass byClass
                                ? new Conditioning.ByClass(byClass.classes(), dropout > 0)
                                : new Conditioning.Unconditional()),
                objective(usual.objective(), dropout),
                optimization(usual.optimization(), steps),
                steps,
                arguments.integer(BATCH_SIZE, 1, usual.batchSize()),
                arguments.has(FLIP) || usual.flip(),
                arguments.wholeNumber(SEED).orElse(usual.seed()),
                cadence(usual.cadence()),
                sampling(usual.sampling()),
                usual.origin());
    }

    private int patchSize() {
        return arguments.integer(
                PATCH_SIZE, 1, 1024, preset().orElseGet(TrainingOptions::small).patchSize());
    }

    /**
     * Returns the published model that was asked for, if one was.
     *
     * @throws UsageException if there is none of that name
     */
    Optional<ZigMaConfig> preset() {
        List<String> labels = Preset.labels();
        return arguments
                .text(PRESET)
                .map(given -> arguments.choice(PRESET, labels, given))
                .map(label -> Preset.values()[labels.indexOf(label)].config());
    }

    /** What a small machine can train, whatever the pictures. */
    private static ZigMaConfig small() {
        return new ZigMaConfig(
                32,
                32,
                3,
                2,
                128,
                8,
                new Zigzag(8),
                MambaConfig.PUBLISHED,
                Positions.LEARNED,
                NormKind.RMS,
                1e-5,
                0,
                new Conditioning.Unconditional());
    }

    /**
     * Returns the model that the options under {@link #MODEL} describe.
     *
     * @throws UsageException if a value cannot be meant
     * @throws IllegalArgumentException if the values do not fit together
     */
    ZigMaConfig model(Canvas canvas, Conditioning conditioning) {
        return model(preset().orElseGet(TrainingOptions::small), canvas, conditioning);
    }

    /** Returns the path from noise to data. */
    InterpolantKind interpolant() {
        return interpolant(InterpolantKind.LINEAR);
    }

    /** Returns what the model learns. */
    Prediction prediction() {
        return prediction(Prediction.VELOCITY);
    }

    private InterpolantKind interpolant(InterpolantKind usual) {
        return named(INTERPOLANT, InterpolantKind.values(), usual);
    }

    private Prediction prediction(Prediction usual) {
        return named(PREDICTION, Prediction.values(), usual);
    }

    private ZigMaConfig model(ZigMaConfig usual, Canvas canvas, Conditioning conditioning) {
        return new ZigMaConfig(
                canvas,
                arguments.integer(PATCH_SIZE, 1, 1024, usual.patchSize()),
                arguments.integer(HIDDEN_SIZE, 1, usual.hiddenSize()),
                arguments.integer(DEPTH, 1, usual.depth()),
                scan(usual.scan()),
                usual.mixer(),
                choice(POSITIONS, positions(), usual.positions()),
                usual.temporalPositions(),
                usual.norm(),
                usual.normEpsilon(),
                usual.dropPath(),
                conditioning);
    }

    private Objective objective(Objective usual, double dropout) {
        return new Objective(
                interpolant(usual.path()),
                prediction(usual.prediction()),
                named(LOSS_WEIGHT, LossWeight.values(), usual.weight()),
                arguments.has(LOGIT_NORMAL) ? new TimeSampling.LogitNormal(0, 1) : usual.times(),
                dropout);
    }

    private Optimization optimization(Optimization usual, int steps) {
        AdamWConfig adamW = usual.adamW();
        return new Optimization(
                schedule(usual.schedule(), steps),
                new AdamWConfig(
                        adamW.beta1(),
                        adamW.beta2(),
                        adamW.epsilon(),
                        arguments.number(WEIGHT_DECAY, 0, NO_LIMIT, adamW.weightDecay()),
                        adamW.scope()),
                arguments.number(CLIP, 1e-9, NO_LIMIT, usual.maxGradientNorm()),
                new EmaConfig(
                        arguments.number(EMA, 0, 0.9999999, usual.ema().decay()),
                        usual.ema().warmup()),
                arguments.has(RECOMPUTE) || usual.recompute());
    }

    private LearningRateSchedule schedule(LearningRateSchedule usual, int steps) {
        double rate = arguments.number(LEARNING_RATE, 1e-12, 1, usual.peak());
        int warmup = Math.toIntExact(usual.warmupSteps());
        boolean falling = usual instanceof LearningRateSchedule.Cosine;
        String decay =
                arguments.choice(DECAY, List.of(CONSTANT, COSINE), falling ? COSINE : CONSTANT);
        if (decay.equals(CONSTANT)) {
            return new LearningRateSchedule.Constant(rate, arguments.integer(WARMUP, 0, warmup));
        }
        // a short run must still have something to fall from
        int fitting = falling ? warmup : Math.min(warmup, steps / 2);
        double floor = usual instanceof LearningRateSchedule.Cosine cosine ? cosine.floor() : 0;
        return new LearningRateSchedule.Cosine(
                rate, floor, arguments.integer(WARMUP, 0, fitting), steps);
    }

    private Cadence cadence(Cadence usual) {
        return new Cadence(
                arguments.integer(SAVE_EVERY, 0, usual.saveEvery()),
                arguments.integer(KEEP, 1, usual.keep()),
                arguments.integer(SAMPLE_EVERY, 0, usual.sampleEvery()),
                usual.sampleCount(),
                usual.logEvery());
    }

    private SamplingDefaults sampling(SamplingDefaults usual) {
        return new SamplingDefaults(
                arguments.choice(SAMPLER, Sampler.names(), usual.sampler()),
                arguments.integer(SAMPLE_STEPS, 1, usual.steps()),
                new SamplingOptions(arguments).guidance(usual.guidanceScale()));
    }

    private <T extends Enum<T> & Named> T named(Option option, T[] values, T otherwise) {
        List<String> labels = Arrays.stream(values).map(Named::label).toList();
        return values[labels.indexOf(arguments.choice(option, labels, otherwise.label()))];
    }

    private <T extends Enum<T>> T choice(Option option, List<T> values, T otherwise) {
        List<String> names = values.stream().map(Spelling::of).toList();
        return values.get(names.indexOf(arguments.choice(option, names, Spelling.of(otherwise))));
    }

    private ScanScheme scan(ScanScheme usual) {
        Optional<String> given = arguments.text(SCAN);
        try {
            return given.isPresent() ? ScanScheme.parse(given.get()) : usual;
        } catch (IllegalArgumentException e) {
            throw new UsageException("%s: %s".formatted(Arguments.spelling(SCAN), e.getMessage()));
        }
    }

    private static List<Positions> positions() {
        return List.of(Positions.values());
    }

    private static String labels(Named[] values) {
        return String.join(", ", Arrays.stream(values).map(Named::label).toList());
    }

    private static String spelled(List<? extends Enum<?>> values) {
        return String.join(", ", values.stream().map(Spelling::of).toList());
    }
}
