package io.zigma.cli.command;

import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.CardOptions;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.DataOptions;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.ProgressBar;
import io.zigma.cli.terminal.StopRequest;
import io.zigma.cli.terminal.TrainingProgress;
import io.zigma.eval.attribute.ByAttribute;
import io.zigma.eval.classifier.ClassifierRecipe;
import io.zigma.eval.classifier.ClassifierTraining;
import io.zigma.eval.classifier.HeldOut;
import io.zigma.eval.feature.ClassifierFolder;
import io.zigma.io.OutputFolder;
import io.zigma.train.card.Provenance;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.listen.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
                    "tell the values of this attribute of captioned pictures apart, such as colour: a"
                            + " field of their metadata.jsonl; default: their classes");
    private static final Option EPOCHS =
            Flags.value(null, "epochs", "N", "passes through the data; default " + DEFAULT_EPOCHS);
    private static final Option STEPS =
            Flags.value(null, "steps", "N", "number of steps instead of --epochs");
    private static final Option BATCH_SIZE =
            Flags.value("b", "batch-size", "N", "pictures a step; default " + DEFAULT_BATCH);
    private static final Option RATE =
            Flags.value(null, "learning-rate", "X", "at its peak; default " + DEFAULT_RATE);
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
    private static final CardOptions CARD = CardOptions.of("card");

    @Override
    public String name() {
        return "train-classifier";
    }

    @Override
    public String purpose() {
        return "Train the classifier that generated pictures are evaluated with.";
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
                DataOptions.SECTION,
                CARD.section(),
                OptionSection.of(
                        "Where to compute",
                        ComputeOptions.THREADS,
                        ComputeOptions.DEVICE,
                        ComputeOptions.TF32));
    }

    @Override
    public List<String> examples() {
        return List.of(
                "train-classifier --data fashion-mnist --out models/my-classifier --flip",
                "train-classifier --data photos --test-data more-photos --image-size 64 --out"
                        + " classifier",
                "train-classifier --data emoji/classifier --attribute colour --image-size 64 --out colour");
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
        Optional<ClassifierFolder> origin = Optional.empty();
        if (arguments.path(FROM).isPresent()) {
            origin = Optional.of(ClassifierFolder.open(arguments.requiredPath(FROM)));
        }
        recipe(arguments, 1); // refuses what no data would make right
        requireFree(folder, arguments.has(FORCE));
        OutputFolder.requireWritable(folder);
        if (compute.gpu() >= 0) {
            compute.start(); // refused before the pictures are read, which can take a while
        }
        ImageDataset whole = dataOptions.open(console);
        ImageDataset test =
                dataOptions.test(arguments.path(TEST_DATA), whole, console).orElse(null);
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
        Provenance provenance = CARD.provenance(arguments);
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
                arguments.number(RATE, Double.MIN_NORMAL, 1, DEFAULT_RATE),
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
        if (ClassifierFolder.isIn(folder)) {
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
        try (StopRequest stop =
                StopRequest.listen(
                        console,
                        "stopping: what is trained so far is measured and saved",
                        training::stopAfterCurrentStep)) {
            ClassifierFolder saved;
            try (ProgressBar bar = new ProgressBar(console, "steps", 0)) {
                training.addListener(TrainingProgress.on(bar));
                training.addListener(announcing(bar));
                saved = training.run();
            }
            console.out().println(saved.path());
        }
    }

    private static TrainingListener announcing(ProgressBar bar) {
        return new TrainingListener() {
            @Override
            public void saved(long step, Path folder) throws IOException {
                double right =
                        ClassifierFolder.open(folder).facts().accuracy().get("share").getAsDouble();
                bar.say(
                        String.format(
                                Locale.ROOT,
                                "step %d: right on %.2f %% of the test pictures, saved",
                                step,
                                100 * right));
            }
        };
    }
}
