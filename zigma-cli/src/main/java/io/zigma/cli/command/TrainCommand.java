package io.zigma.cli.command;

import ai.djl.Device;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.CaptionOptions;
import io.zigma.cli.option.CardOptions;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.DataOpening;
import io.zigma.cli.option.DataOptions;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.ModelFolder;
import io.zigma.cli.option.ModelOptions;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.ReplicaOptions;
import io.zigma.cli.option.TrainingOptions;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.EncodingProgress;
import io.zigma.condition.ClassNames;
import io.zigma.io.OutputFolder;
import io.zigma.text.TextEncoder;
import io.zigma.text.TextEncoders;
import io.zigma.train.TextEncoderOpener;
import io.zigma.train.Training;
import io.zigma.train.Training.ChangedData;
import io.zigma.train.TrainingRequest;
import io.zigma.train.card.Provenance;
import io.zigma.train.card.RunFacts;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.run.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.commons.cli.Option;

/** {@code zigma train}: a model from pictures. */
public final class TrainCommand implements Command {

    private static final Option OUT =
            Flags.value("o", "out", "DIR", "run folder: checkpoints, samples, log");
    private static final Option RESUME =
            Flags.flag(
                    null,
                    "resume",
                    "resume the run in --out, with its own settings; what may change: --steps (a"
                            + " cosine is stretched to the new end, so that a rate that had fallen to 0"
                            + " rises again; --decay constant for one that stays), --learning-rate,"
                            + " --warmup, --decay, --weight-decay, --clip, --ema, --recompute,"
                            + " --precision, --batch-size and --accumulate where they multiply to the"
                            + " same, saving, sampling");
    private static final Option CHANGED_DATA =
            Flags.flag(
                    null,
                    "changed-data",
                    "with --resume: the pictures have changed, for example more were added; train"
                            + " on all of them from a new epoch; the classes must be the same");
    private static final Option FROM =
            Flags.value(
                    null,
                    "from",
                    "DIR",
                    "start from the weights of this checkpoint or run, with a fresh optimiser");
    private static final OptionSection COMPUTE =
            OptionSection.of(
                    "Where to compute",
                    ComputeOptions.THREADS,
                    ComputeOptions.DEVICE,
                    ReplicaOptions.DEVICES,
                    ReplicaOptions.REPLICAS,
                    ComputeOptions.TF32);
    private static final CardOptions CARD = CardOptions.of("model card");

    private final Consumer<Training> preparation;

    /** Makes the command that trains in this process. */
    public TrainCommand() {
        this(training -> {});
    }

    /**
     * Makes a command whose runs are prepared in a way of the caller's.
     *
     * @param preparation gets each run before it takes its first step
     */
    public TrainCommand(Consumer<Training> preparation) {
        this.preparation = preparation;
    }

    /** Returns the folder of the run. */
    public static Path folder(Arguments arguments) {
        return arguments.requiredPath(OUT);
    }

    /** Returns the options that a run needs that is resumed as it is. */
    public static List<OptionSection> sectionsToResume() {
        return List.of(
                OptionSection.of("What to train on and where to", DataOptions.data(), OUT),
                DataOptions.SECTION,
                DataOptions.CLIPS,
                CaptionOptions.PLACES,
                COMPUTE);
    }

    @Override
    public String name() {
        return "train";
    }

    @Override
    public String purpose() {
        return "Train a model on your own pictures.";
    }

    @Override
    public String synopsis() {
        return "--data DIR --out DIR";
    }

    @Override
    public List<OptionSection> sections() {
        return List.of(
                OptionSection.of(
                        "What to train on and where to",
                        DataOptions.data(),
                        OUT,
                        RESUME,
                        CHANGED_DATA,
                        FROM),
                TrainingOptions.LENGTH,
                DataOptions.SECTION,
                DataOptions.CLIPS,
                ModelOptions.SECTION,
                TrainingOptions.OBJECTIVE,
                TrainingOptions.CADENCE,
                CARD.section(),
                COMPUTE);
    }

    @Override
    public List<String> examples() {
        return List.of(
                "train --data photos --out runs/first --image-size 32 --flip",
                "train --data captioned --out runs/text --text-encoder minilm-l6",
                "train --data clips --out runs/moving --frames 16 --fps 8 --scan factorised-st",
                "train --data photos --out runs/first --resume",
                "train --data photos --out runs/first --resume --steps 40000 --learning-rate 1e-4",
                "train --data photos --out runs/tuned --from models/fashion --steps 2000"
                        + " --learning-rate 1e-4");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        check(arguments);
        DataOptions dataOptions = new DataOptions(arguments);
        CaptionOptions captions = new CaptionOptions(arguments);
        TrainingOptions options = new TrainingOptions(arguments);
        Path folder = folder(arguments);
        ReplicaOptions replicas = ReplicaOptions.of(arguments);
        ComputeOptions compute = replicas.first(ComputeOptions.ofTraining(arguments));
        boolean sameData = arguments.has(RESUME) && !arguments.has(CHANGED_DATA);
        Provenance provenance =
                CARD.provenance(
                        arguments, sameData ? Optional.empty() : Optional.of(dataOptions.folder()));
        compute.requireGpu();
        replicas.requireThere();
        try (Training training =
                arguments.has(RESUME)
                        ? resumed(
                                folder,
                                arguments.has(CHANGED_DATA)
                                        ? ChangedData.BEGIN_ANEW
                                        : ChangedData.REFUSED,
                                dataOptions,
                                captions,
                                options,
                                provenance,
                                compute,
                                console)
                        : arguments.has(FROM)
                                ? tuned(
                                        folder,
                                        arguments.requiredPath(FROM),
                                        dataOptions,
                                        captions,
                                        options,
                                        provenance,
                                        compute,
                                        console)
                                : begun(
                                        folder,
                                        dataOptions,
                                        captions,
                                        options,
                                        provenance,
                                        compute,
                                        console)) {
            compute.note().ifPresent(console::say);
            replicas.divide(training);
            preparation.accept(training);
            try (EncodingProgress encoding = new EncodingProgress(console)) {
                training.encodeCaptions(captions.cache(folder), encoding);
            }
            PrecisionAdvice.of(training, compute).ifPresent(console::say);
            TrainingRun.finish(training, folder, console);
        }
    }

    /**
     * Refuses what is wrong whatever the data is.
     *
     * @throws UsageException if options cannot be meant
     * @throws IOException if the data are latents whose description cannot be read
     */
    public void check(Arguments arguments) throws IOException {
        DataOptions dataOptions = new DataOptions(arguments);
        TrainingOptions options = new TrainingOptions(arguments);
        folder(arguments);
        ReplicaOptions replicas = ReplicaOptions.of(arguments);
        ComputeOptions.ofTraining(arguments);
        dataOptions.check();
        if (arguments.has(CHANGED_DATA) && !arguments.has(RESUME)) {
            throw new UsageException(
                    "--changed-data is for a run that is resumed; add --resume, or leave it out");
        }
        if (arguments.has(FROM)) {
            if (arguments.has(RESUME)) {
                throw new UsageException(
                        "--resume continues the run in --out; leave out --from, or start a run in"
                                + " another --out");
            }
            options.checkTuning();
        } else if (arguments.has(RESUME)) {
            options.checkNothingFrozen();
        } else {
            options.check(dataOptions.frames());
        }
        replicas.requireFit(options.batchSize(arguments.has(RESUME)));
        CARD.provenance(arguments);
    }

    private static Training begun(
            Path folder,
            DataOptions dataOptions,
            CaptionOptions captions,
            TrainingOptions options,
            Provenance provenance,
            ComputeOptions compute,
            Console console)
            throws IOException {
        // Refused before the pictures are read, which can take a while.
        RunFolder.requireFree(folder);
        OutputFolder.requireWritable(folder);
        ImageDataset data = new DataOpening(dataOptions, console).ofNewRun();
        captions.requireFit(data, console);
        if (!captions.given()) {
            TrainingConfig config = options.config(data);
            return Training.start(
                    TrainingRequest.of(folder, config, data)
                            .withProvenance(provenance)
                            .withDevice(compute.start()));
        }
        Device device = compute.start();
        TextEncoder encoder = captions.open(device);
        TrainingConfig config = options.config(data, encoder);
        return Training.start(
                TrainingRequest.of(folder, config, data)
                        .withProvenance(provenance)
                        .withDevice(device)
                        .withEncoders(TextEncoderOpener.of(encoder)));
    }

    /** Returns the encoder that was named, or where one is looked for by its content. */
    private static TextEncoderOpener encoders(
            CaptionOptions captions, TrainingConfig config, Device device) throws IOException {
        if (!captions.given()) {
            return TextEncoders::find;
        }
        if (config.textEncoder().isEmpty()) {
            throw new UsageException(
                    "this model is not conditioned on text, which cannot change; leave out --text-encoder, or start a new run");
        }
        return TextEncoderOpener.of(captions.open(device));
    }

    private static Training tuned(
            Path folder,
            Path from,
            DataOptions dataOptions,
            CaptionOptions captions,
            TrainingOptions options,
            Provenance provenance,
            ComputeOptions compute,
            Console console)
            throws IOException {
        CheckpointFolder checkpoint = ModelFolder.open(from);
        options.check(checkpoint);
        RunFolder.requireFree(folder);
        OutputFolder.requireWritable(folder);
        ImageDataset data =
                new DataOpening(dataOptions, console)
                        .forModel(
                                checkpoint.config().model().sample(),
                                RunFacts.clips(checkpoint.config()),
                                checkpoint.config().labels().isEmpty(),
                                from);
        sayWhichClassesAreNew(data, checkpoint, console);
        TrainingConfig config = options.config(checkpoint, data);
        Device device = compute.start();
        return Training.start(
                TrainingRequest.of(folder, config, data)
                        .withProvenance(provenance)
                        .withDevice(device)
                        .withEncoders(encoders(captions, config, device)),
                checkpoint);
    }

    /**
     * A class retains its embedding of the checkpoint by its name; a mistyped one would lose it.
     */
    private static void sayWhichClassesAreNew(
            ImageDataset data, CheckpointFolder checkpoint, Console console) {
        List<String> known = checkpoint.config().labels();
        int[] same = ClassNames.matches(data.labels(), known);
        List<String> fresh =
                IntStream.range(0, same.length)
                        .filter(i -> same[i] < 0)
                        .mapToObj(data.labels()::get)
                        .toList();
        if (!fresh.isEmpty()) {
            console.say(
                    "classes that %s does not have start from random embeddings: %s (it has %s)"
                            .formatted(
                                    checkpoint.path(),
                                    ClassNames.listed(fresh),
                                    known.isEmpty() ? "none" : ClassNames.listed(known)));
        }
    }

    private static Training resumed(
            Path folder,
            ChangedData changed,
            DataOptions dataOptions,
            CaptionOptions captions,
            TrainingOptions options,
            Provenance provenance,
            ComputeOptions compute,
            Console console)
            throws IOException {
        TrainingConfig saved = Training.configuration(folder);
        TrainingConfig config = options.changed(saved);
        // Refused before the pictures are read, which can take a while.
        Training.requireResumable(folder, config);
        CheckpointConfig newest = CheckpointFolder.open(TrainingRun.newest(folder)).config();
        ImageDataset data =
                new DataOpening(dataOptions, console)
                        .ofRun(config.model().sample(), RunFacts.clips(newest), newest.labels());
        Device device = compute.start();
        Training training =
                Training.resume(
                        TrainingRequest.of(folder, config, data)
                                .withProvenance(provenance)
                                .withDevice(device)
                                .withEncoders(encoders(captions, config, device)),
                        changed);
        sayWhatChanges(training.step(), saved, config, console);
        return training;
    }

    private static void sayWhatChanges(
            long step, TrainingConfig saved, TrainingConfig config, Console console) {
        if (step == config.steps()) {
            console.say(
                    "%s %s taken already; --steps makes the run longer"
                            .formatted(
                                    step == 1 ? "its one step" : "all %s steps".formatted(step),
                                    step == 1 ? "was" : "were"));
            return;
        }
        double before = saved.optimization().schedule().rate(step);
        double now = config.optimization().schedule().rate(step);
        if (before != now) {
            console.say(
                    String.format(
                            Locale.ROOT,
                            "the learning rate continues at %.3g after step %d, not at %.3g",
                            now,
                            step,
                            before));
        }
    }
}
