package io.zigma.cli.command;

import com.google.gson.JsonObject;
import io.zigma.backbone.adm.AdmClassifierConfig;
import io.zigma.backbone.adm.AdmConfig;
import io.zigma.backbone.adm.AdmKind;
import io.zigma.backbone.adm.Pool;
import io.zigma.base.Named;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.NoisyClassifierFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.CardOptions;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.DataOpening;
import io.zigma.cli.option.DataOptions;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.ModelOptions;
import io.zigma.cli.option.ObjectiveOptions;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.ProgressBar;
import io.zigma.cli.terminal.StopRequest;
import io.zigma.cli.terminal.TrainingProgress;
import io.zigma.condition.Conditioning;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.eval.attribute.ByAttribute;
import io.zigma.eval.classifier.ClassifierRecipe;
import io.zigma.eval.classifier.ClassifierTraining;
import io.zigma.eval.classifier.HeldOut;
import io.zigma.eval.classifier.NoisyClassifierTraining;
import io.zigma.eval.feature.ClassifierFolder;
import io.zigma.io.OutputFolder;
import io.zigma.train.card.Provenance;
import io.zigma.train.config.Objective;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.listen.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;

/** {@code zigma train-classifier}: the classifier that generated pictures are evaluated with. */
public final class TrainClassifierCommand implements Command {

    private static final int DEFAULT_EPOCHS = 12;
    private static final int DEFAULT_BATCH = 128;
    private static final double DEFAULT_RATE = 3e-3;
    private static final double DEFAULT_DECAY = 0.05;
    private static final int DEFAULT_SHIFT = 2;

    private static final Option OUT =
            Flags.value("o", "out", "DIR", "folder for the classifier; made if it is not there");
    private static final Option FORCE =
            Flags.flag("f", "force", "replace the classifier that --out holds");
    private static final Option TEST_DATA =
            Flags.value(
                    null,
                    "test-data",
                    "DIR",
                    "pictures to measure on; default: the test part of IDX files, else every tenth"
                            + " picture, which is then not trained on");
    private static final Option FROM =
            Flags.value(
                    null,
                    "from",
                    "DIR",
                    "start from the weights of this classifier, such as one that was stopped");
    private static final Option ATTRIBUTE =
            Flags.value(
                    null,
                    "attribute",
                    "NAME",
                    "distinguish the values of this attribute of captioned pictures, such as colour: a"
                            + " field of their metadata.jsonl; default: their classes");
    private static final Option EPOCHS =
            Flags.value(null, "epochs", "N", "passes through the data; default " + DEFAULT_EPOCHS);
    private static final Option STEPS =
            Flags.value(null, "steps", "N", "number of steps instead of --epochs");
    private static final Option BATCH_SIZE =
            Flags.value("b", "batch-size", "N", "pictures a step; default " + DEFAULT_BATCH);
    private static final Option RATE =
            Flags.value(
                    null,
                    "learning-rate",
                    "X",
                    "at its peak; default %s, with --noisy %s".formatted(DEFAULT_RATE, "3.0E-4"));
    private static final Option DECAY =
            Flags.value(null, "weight-decay", "X", "AdamW's; default " + DEFAULT_DECAY);
    private static final Option FLIP =
            Flags.flag(null, "flip", "mirror every other picture; not for digits or letters");
    private static final Option SHIFT =
            Flags.value(
                    null,
                    "shift",
                    "N",
                    "move pictures by up to N pixels each way; default " + DEFAULT_SHIFT);
    private static final Option SEED =
            Flags.value("s", "seed", "N", "determines everything random; default 0");
    private static final Option NOISY =
            Flags.flag(
                    null,
                    "noisy",
                    "train a classifier of noisy pictures, which guides sampling (zigma generate"
                            + " --classifier): ADM's, on the noise of --process");
    private static final double NOISY_RATE = 3e-4;
    private static final Option POOL =
            Flags.value(
                    null,
                    "pool",
                    "NAME",
                    "with --noisy, how pictures become classes: "
                            + String.join(", ", pools())
                            + "; default attention");
    private static final CardOptions CARD = CardOptions.of("card");

    private static List<String> pools() {
        return Arrays.stream(Pool.values()).map(Pool::label).toList();
    }

    @Override
    public String name() {
        return "train-classifier";
    }

    @Override
    public String purpose() {
        return "Train the classifier that pictures are evaluated with, or one that guides sampling.";
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
                        TEST_DATA,
                        ATTRIBUTE,
                        OUT,
                        FORCE),
                OptionSection.of(
                        "How", FROM, EPOCHS, STEPS, BATCH_SIZE, RATE, DECAY, FLIP, SHIFT, SEED),
                noisySection(),
                DataOptions.SECTION,
                DataOptions.CLIPS,
                CARD.section(),
                ComputeOptions.SECTION);
    }

    private static OptionSection noisySection() {
        List<Option> options =
                new ArrayList<>(
                        List.of(
                                NOISY,
                                ObjectiveOptions.PROCESS,
                                ObjectiveOptions.PROCESS_OPTION,
                                POOL));
        options.addAll(ModelOptions.of(AdmKind.INSTANCE));
        return OptionSection.of("A classifier of noisy pictures", options.toArray(Option[]::new));
    }

    @Override
    public List<String> examples() {
        return List.of(
                "train-classifier --data fashion-mnist --out models/my-classifier --flip",
                "train-classifier --data photos --test-data more-photos --image-size 64 --out"
                        + " classifier",
                "train-classifier --data emoji/classifier --attribute colour --image-size 64 --out colour",
                "train-classifier --data moving/classifier --attribute motion --frames 16 --out motion",
                "train-classifier --noisy --process iddpm --data fashion-mnist --out models/guide");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        DataOptions dataOptions = new DataOptions(arguments);
        Path folder = arguments.requiredPath(OUT);
        ComputeOptions compute = ComputeOptions.ofTraining(arguments);
        dataOptions.check();
        if (arguments.has(EPOCHS) && arguments.has(STEPS)) {
            throw new UsageException("--epochs and --steps both set the length; give one of them");
        }
        boolean noisy = arguments.has(NOISY);
        requireNoisy(noisy, arguments);
        Optional<ClassifierFolder> origin = Optional.empty();
        Optional<NoisyClassifierFolder> noisyOrigin = Optional.empty();
        if (arguments.path(FROM).isPresent() && noisy) {
            noisyOrigin = Optional.of(NoisyClassifierFolder.open(arguments.requiredPath(FROM)));
        } else if (arguments.path(FROM).isPresent()) {
            origin = Optional.of(ClassifierFolder.open(arguments.requiredPath(FROM)));
        }
        recipe(arguments, 1); // refuses what no data would make right
        requireFree(folder, arguments.has(FORCE));
        OutputFolder.requireWritable(folder);
        compute.requireGpu();
        ImageDataset whole = new DataOpening(dataOptions, console).ofNewRun();
        ImageDataset test =
                new DataOpening(dataOptions, console)
                        .tests(arguments.path(TEST_DATA), whole)
                        .orElse(null);
        ImageDataset data = whole;
        if (arguments.has(ATTRIBUTE)) {
            ByAttribute byValue = byAttribute(arguments.requiredText(ATTRIBUTE), whole, console);
            data = byValue;
            test =
                    test == null
                            ? null
                            : ByAttribute.of(test, byValue.attribute(), byValue.labels());
        }
        if (test == null) {
            console.say("every tenth picture is held out to measure on");
            test = HeldOut.test(data);
            data = HeldOut.training(data);
        }
        Provenance provenance = CARD.provenance(arguments, Optional.of(dataOptions.folder()));
        if (noisy && data.frames() > 0) {
            throw new UsageException(
                    "a classifier of noisy pictures takes no clips; leave out --frames");
        }
        if (noisy) {
            DiffusionProcess process = process(arguments);
            try (NoisyClassifierTraining training =
                    new NoisyClassifierTraining(
                            folder,
                            network(arguments, data, process),
                            process,
                            recipe(arguments, data.size()),
                            data,
                            test,
                            provenance,
                            compute.start())) {
                if (noisyOrigin.isPresent()) {
                    training.startFrom(noisyOrigin.get());
                }
                train(training, console);
            }
            return;
        }
        try (ClassifierTraining training =
                new ClassifierTraining(
                        folder,
                        recipe(arguments, data.size()),
                        data,
                        test,
                        provenance,
                        compute.start())) {
            if (origin.isPresent()) {
                training.startFrom(origin.get());
            }
            train(training, console);
        }
    }

    private static void requireNoisy(boolean noisy, Arguments arguments) {
        if (noisy) {
            process(arguments); // refused before the pictures are read
            return;
        }
        for (Option option : noisySection().options()) {
            if (arguments.has(option)) {
                throw new UsageException(
                        "%s is for a classifier of noisy pictures; add --noisy"
                                .formatted(Arguments.spelling(option)));
            }
        }
    }

    private static DiffusionProcess process(Arguments arguments) {
        try {
            return new ObjectiveOptions(arguments).process(Objective.DEFAULT.process());
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private static AdmClassifierConfig network(
            Arguments arguments, ImageDataset data, DiffusionProcess process) {
        SampleShape pictures = SampleShape.image(data.channels(), data.height(), data.width());
        AdmConfig like =
                AdmKind.INSTANCE
                        .specType()
                        .cast(
                                new ModelOptions(arguments)
                                        .model(
                                                AdmKind.INSTANCE.small(),
                                                pictures,
                                                Conditioning.none(),
                                                process));
        String pool = arguments.choice(POOL, pools(), Pool.ATTENTION.label());
        try {
            return new AdmClassifierConfig(
                    pictures,
                    Math.max(1, data.labels().size()),
                    like.signature().timeScale(),
                    like.shape(),
                    Named.parse("pool", pool, Pool.values()));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private static ByAttribute byAttribute(String name, ImageDataset data, Console console) {
        ByAttribute byValue = ByAttribute.of(data, name);
        if (byValue.leftOut() > 0) {
            console.say(
                    "%s of %s pictures have no %s and are left out"
                            .formatted(byValue.leftOut(), data.size(), name));
        }
        return byValue;
    }

    private static ClassifierRecipe recipe(Arguments arguments, int pictures) {
        int batch = arguments.integer(BATCH_SIZE, 2, DEFAULT_BATCH);
        long epochs = arguments.integer(EPOCHS, 1, DEFAULT_EPOCHS);
        long steps =
                arguments.has(STEPS)
                        ? arguments.integer(STEPS, 1, 1)
                        : (epochs * pictures + batch - 1) / batch;
        return new ClassifierRecipe(
                steps,
                batch,
                arguments.number(
                        RATE,
                        Double.MIN_NORMAL,
                        1,
                        arguments.has(NOISY) ? NOISY_RATE : DEFAULT_RATE),
                arguments.number(DECAY, 0, 1, DEFAULT_DECAY),
                arguments.has(FLIP),
                arguments.integer(SHIFT, 0, DEFAULT_SHIFT),
                arguments.wholeNumber(SEED).orElse(0L));
    }

    /** Hours of other work must not be overwritten. */
    private static void requireFree(Path folder, boolean force) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new IOException("%s is a file; name a folder".formatted(folder));
        }
        if (ClassifierFolder.isIn(folder) || NoisyClassifierFolder.isIn(folder)) {
            if (!force) {
                throw new IOException(
                        "%s holds a classifier already; name another folder or add --force to replace it"
                                .formatted(folder));
            }
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            if (files.findAny().isPresent()) {
                throw new IOException(
                        "%s holds something else; name another folder".formatted(folder));
            }
        }
    }

    private static void train(ClassifierTraining training, Console console) throws IOException {
        train(
                training::stopAfterCurrentStep,
                training::addListener,
                () -> training.run().path(),
                saved -> ClassifierFolder.open(saved).facts().accuracy(),
                console);
    }

    private static void train(NoisyClassifierTraining training, Console console)
            throws IOException {
        train(
                training::stopAfterCurrentStep,
                training::addListener,
                () -> training.run().path(),
                saved -> NoisyClassifierFolder.open(saved).facts().getAsJsonObject("accuracy"),
                console);
    }

    /** Trains, and returns where the classifier is. */
    @FunctionalInterface
    private interface Run {
        Path run() throws IOException;
    }

    /** Reads how often a saved classifier is right. */
    @FunctionalInterface
    private interface Measured {
        JsonObject in(Path folder) throws IOException;
    }

    private static void train(
            Runnable stopAfterStep,
            Consumer<TrainingListener> listeners,
            Run training,
            Measured measured,
            Console console)
            throws IOException {
        try (StopRequest stop =
                StopRequest.listen(
                        console,
                        "stopping: what is trained so far is measured and saved",
                        stopAfterStep)) {
            Path saved;
            try (ProgressBar bar = new ProgressBar(console, "steps", 0)) {
                listeners.accept(TrainingProgress.on(bar));
                listeners.accept(announcing(bar, measured));
                saved = training.run();
            }
            console.out().println(saved);
        }
    }

    private static TrainingListener announcing(ProgressBar bar, Measured measured) {
        return new TrainingListener() {
            @Override
            public void saved(long step, Path folder) throws IOException {
                bar.say(
                        String.format(
                                Locale.ROOT,
                                "step %d: right on %.2f %% of the test pictures, saved",
                                step,
                                100 * measured.in(folder).get("share").getAsDouble()));
            }
        };
    }
}
