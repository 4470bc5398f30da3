package io.zigma.cli.command;

import ai.djl.Device;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.CardOptions;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.DataOpening;
import io.zigma.cli.option.DataOptions;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.OptimizationOptions;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.ProgressBar;
import io.zigma.cli.terminal.StopRequest;
import io.zigma.cli.terminal.TrainingProgress;
import io.zigma.codec.DeepAutoencoderConfig;
import io.zigma.io.OutputFolder;
import io.zigma.train.autoencoder.AutoencoderSettings;
import io.zigma.train.autoencoder.AutoencoderTraining;
import io.zigma.train.card.Provenance;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.listen.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;

/** {@code zigma train-autoencoder}: a codec from pictures, for models of latents. */
public final class TrainAutoencoderCommand implements Command {

    private static final AutoencoderSettings USUAL = AutoencoderSettings.DEFAULT;
    private static final DeepAutoencoderConfig SHAPE = DeepAutoencoderConfig.DEFAULT;
    private static final Pattern WIDTHS = Pattern.compile("[0-9]{1,4}(,[0-9]{1,4}){0,6}");

    private static final Option OUT =
            Flags.value("o", "out", "DIR", "folder of the codec; made if it is not there");
    private static final Option RESUME =
            Flags.flag(null, "resume", "go on with the training in --out, with the same options");
    private static final Option FACTOR =
            Flags.value(
                    null,
                    "factor",
                    "N",
                    "pixels along a latent's value: 8, 16, …; default " + SHAPE.factor());
    private static final Option LATENT_CHANNELS =
            Flags.value(
                    null,
                    "latent-channels",
                    "N",
                    "channels of a latent; default " + SHAPE.latentChannels());
    private static final Option WIDTHS_OPTION =
            Flags.value(
                    null,
                    "widths",
                    "A,B,...",
                    "channels at each level from the pixels down, in multiples of "
                            + SHAPE.groups()
                            + "; default 64,128,192");
    private static final Option LAYERS =
            Flags.value(
                    null,
                    "layers",
                    "N",
                    "residual blocks at each level; default " + SHAPE.layersPerBlock());
    private static final Option STEPS =
            Flags.value(null, "steps", "N", "number of steps; default " + USUAL.steps());
    private static final Option BATCH_SIZE =
            Flags.value("b", "batch-size", "N", "crops a step; default " + USUAL.batchSize());
    private static final Option CROP =
            Flags.value(
                    null,
                    "crop",
                    "N",
                    "side of a crop in pixels; default "
                            + USUAL.crop()
                            + ", or that of smaller pictures");
    private static final Option RATE =
            Flags.value(null, "learning-rate", "X", "at its peak; default " + USUAL.rate());
    private static final Option NOISE =
            Flags.value(
                    null,
                    "latent-noise",
                    "X",
                    "deviation of the noise on latents, whose channels have about 1; default "
                            + USUAL.latentNoise());
    private static final Option FLIP =
            Flags.flag(null, "flip", "mirror pictures left to right half of the time");
    private static final Option SAVE_EVERY =
            Flags.value(
                    null,
                    "save-every",
                    "N",
                    "steps between saved states; default " + USUAL.saveEvery());
    private static final Option SEED =
            Flags.value("s", "seed", "N", "determines everything random; default 0");
    private static final CardOptions CARD = CardOptions.of("codec");

    @Override
    public String name() {
        return "train-autoencoder";
    }

    @Override
    public String purpose() {
        return "Train a codec: an autoencoder whose latents models are trained on.";
    }

    @Override
    public String synopsis() {
        return "--data DIR --out DIR";
    }

    @Override
    public List<OptionSection> sections() {
        return List.of(
                OptionSection.of("What to train on and where to", DataOptions.data(), OUT, RESUME),
                OptionSection.of("The codec", FACTOR, LATENT_CHANNELS, WIDTHS_OPTION, LAYERS),
                OptionSection.of(
                        "How",
                        STEPS,
                        BATCH_SIZE,
                        CROP,
                        RATE,
                        NOISE,
                        FLIP,
                        SEED,
                        SAVE_EVERY,
                        OptimizationOptions.RECOMPUTE,
                        OptimizationOptions.PRECISION),
                DataOptions.SECTION,
                CARD.section(),
                ComputeOptions.SECTION);
    }

    @Override
    public List<String> examples() {
        return List.of(
                "train-autoencoder --data photos --image-size 256 --out codecs/small --flip",
                "train-autoencoder --data photos --image-size 256 --out codecs/fine --factor 8"
                        + " --latent-channels 8 --steps 20000");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        DataOptions dataOptions = new DataOptions(arguments);
        Path folder = arguments.requiredPath(OUT);
        ComputeOptions compute = ComputeOptions.ofTraining(arguments);
        dataOptions.check();
        config(arguments, 3); // refuses what no data would make right
        settings(arguments, USUAL.crop());
        boolean resumes = arguments.has(RESUME);
        requireFree(folder, resumes);
        OutputFolder.requireWritable(folder);
        compute.requireGpu();
        ImageDataset data = new DataOpening(dataOptions, console).ofNewRun();
        Provenance provenance = CARD.provenance(arguments, Optional.of(dataOptions.folder()));
        Device device = compute.start();
        DeepAutoencoderConfig config = config(arguments, data.channels());
        int side = Math.min(data.height(), data.width());
        int crop = Math.min(USUAL.crop(), side - side % config.factor());
        try (AutoencoderTraining training =
                training(
                        folder,
                        config,
                        settings(arguments, Math.max(1, crop)),
                        data,
                        provenance,
                        resumes,
                        device,
                        console)) {
            train(training, console);
        }
    }

    private static AutoencoderTraining training(
            Path folder,
            DeepAutoencoderConfig config,
            AutoencoderSettings settings,
            ImageDataset data,
            Provenance provenance,
            boolean resumes,
            Device device,
            Console console)
            throws IOException {
        if (!resumes) {
            console.say("finding the principal components of the pictures");
        }
        try {
            return new AutoencoderTraining(
                    folder, config, settings, data, provenance, resumes, device);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private static DeepAutoencoderConfig config(Arguments arguments, int pixelChannels) {
        List<Integer> widths =
                arguments
                        .text(WIDTHS_OPTION)
                        .map(TrainAutoencoderCommand::widths)
                        .orElse(SHAPE.widths());
        int factor = arguments.integer(FACTOR, 1, SHAPE.factor());
        try {
            return new DeepAutoencoderConfig(
                    pixelChannels,
                    arguments.integer(LATENT_CHANNELS, 1, SHAPE.latentChannels()),
                    factor,
                    widths,
                    arguments.integer(LAYERS, 1, SHAPE.layersPerBlock()),
                    SHAPE.groups());
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private static List<Integer> widths(String given) {
        if (!WIDTHS.matcher(given).matches()) {
            throw new UsageException(
                    "--widths needs numbers with commas between them, such as 64,128,192, not '%s'"
                            .formatted(given));
        }
        return Stream.of(given.split(",")).map(Integer::valueOf).toList();
    }

    private static AutoencoderSettings settings(Arguments arguments, int crop) {
        return new AutoencoderSettings(
                arguments.integer(STEPS, 1, Math.toIntExact(USUAL.steps())),
                arguments.integer(BATCH_SIZE, 1, USUAL.batchSize()),
                arguments.integer(CROP, 1, crop),
                arguments.number(RATE, Double.MIN_NORMAL, 1, USUAL.rate()),
                arguments.number(NOISE, 0, 10, USUAL.latentNoise()),
                arguments.has(FLIP),
                arguments.wholeNumber(SEED).orElse(USUAL.seed()),
                arguments.integer(SAVE_EVERY, 1, USUAL.saveEvery()),
                arguments.has(OptimizationOptions.RECOMPUTE),
                OptimizationOptions.precision(arguments, USUAL.precision()));
    }

    /** Hours of other work must not be overwritten. */
    private static void requireFree(Path folder, boolean resumes) throws IOException {
        if (resumes || !Files.exists(folder)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new IOException("%s is a file; name a folder".formatted(folder));
        }
        try (Stream<Path> files = Files.list(folder)) {
            if (files.findAny().isPresent()) {
                throw new IOException(
                        "%s holds something already; name another folder, or add --resume to go on with a training in it"
                                .formatted(folder));
            }
        }
    }

    private static void train(AutoencoderTraining training, Console console) throws IOException {
        try (StopRequest stop =
                StopRequest.listen(
                        console,
                        "stopping: this step is finished and saved first",
                        training::stopAfterCurrentStep)) {
            Path saved;
            try (ProgressBar bar = new ProgressBar(console, "steps", training.step())) {
                training.addListener(TrainingProgress.on(bar));
                training.addListener(
                        new TrainingListener() {
                            @Override
                            public void saved(long step, Path folder) {
                                bar.say("step %s: saved %s".formatted(step, folder));
                            }
                        });
                saved = training.run().path();
            }
            console.out().println(saved);
        }
    }
}
