package io.zigma.cli.command;

import ai.djl.Device;
import io.zigma.backbone.BackboneSpec;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.CaptionOptions;
import io.zigma.cli.option.CardOptions;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.DataOpening;
import io.zigma.cli.option.DataOptions;
import io.zigma.cli.option.DistilOptions;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.ModelFolder;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.EncodingProgress;
import io.zigma.codec.CodecReference;
import io.zigma.io.OutputFolder;
import io.zigma.train.Training;
import io.zigma.train.TrainingRequest;
import io.zigma.train.card.Provenance;
import io.zigma.train.card.RunFacts;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.data.NoPictures;
import io.zigma.train.run.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;

/** {@code zigma distil}: a model that needs a few steps, from one that needs many. */
public final class DistilCommand implements Command {

    private static final Option OUT =
            Flags.value("o", "out", "DIR", "run folder: checkpoints, samples, log");
    private static final Option RESUME =
            Flags.flag(null, "resume", "resume the run in --out, with its own settings");
    private static final Option DATA =
            Flags.value(
                    null,
                    "data",
                    "DIR",
                    "for a model of texts: pictures with captions, of which only the captions are"
                            + " used");
    private static final CardOptions CARD = CardOptions.of("model card", "the teacher's");

    @Override
    public String name() {
        return "distil";
    }

    @Override
    public String purpose() {
        return "Teach a model to make pictures in few steps.";
    }

    @Override
    public String synopsis() {
        return "-m DIR --out DIR";
    }

    @Override
    public List<OptionSection> sections() {
        return List.of(
                OptionSection.of(
                        "What to distil and where to", ModelFolder.MODEL, DATA, OUT, RESUME),
                DistilOptions.HOW,
                DistilOptions.TEACHER,
                DistilOptions.CADENCE,
                CARD.section(),
                ComputeOptions.SECTION);
    }

    @Override
    public List<String> examples() {
        return List.of(
                "distil -m models/fashion --steps 4 --out runs/fast",
                "distil --out runs/fast --resume",
                "generate -m runs/fast -c sneaker -n 16 -o sneakers.png");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        Path folder = arguments.requiredPath(OUT);
        ComputeOptions compute = ComputeOptions.ofTraining(arguments);
        boolean resumed = arguments.has(RESUME);
        if (resumed) {
            requireNothingElse(arguments);
        } else {
            RunFolder.requireFree(folder);
            OutputFolder.requireWritable(folder);
        }
        Path model = resumed ? teacher(folder) : arguments.requiredPath(ModelFolder.MODEL);
        CheckpointFolder teacher = ModelFolder.open(model);
        ImageDataset data = conditions(arguments, teacher, model, console);
        Provenance given = CARD.provenance(arguments);
        Provenance provenance = resumed ? given : ofTeacher(teacher).continuedBy(given);
        TrainingConfig config =
                resumed
                        ? Training.configuration(folder)
                        : new DistilOptions(arguments).config(teacher, data);
        Device device = compute.start();
        try (Training training =
                resumed
                        ? Training.resume(
                                TrainingRequest.of(folder, config, data)
                                        .withProvenance(provenance)
                                        .withDevice(device))
                        : Training.start(
                                TrainingRequest.of(folder, config, data)
                                        .withProvenance(provenance)
                                        .withDevice(device),
                                teacher)) {
            compute.note().ifPresent(console::say);
            try (EncodingProgress encoding = new EncodingProgress(console)) {
                training.encodeCaptions(new CaptionOptions(arguments).cache(folder), encoding);
            }
            TrainingRun.finish(training, folder, console);
        }
    }

    /** A run goes on with what it was started with; the caches and the card may be others. */
    private static void requireNothingElse(Arguments arguments) {
        Stream.of(
                        List.of(ModelFolder.MODEL),
                        DistilOptions.HOW.options(),
                        DistilOptions.TEACHER.options(),
                        DistilOptions.CADENCE.options())
                .flatMap(List::stream)
                .filter(option -> !option.equals(CaptionOptions.CAPTION_CACHE))
                .filter(arguments::has)
                .findFirst()
                .ifPresent(
                        option -> {
                            throw new UsageException(
                                    "--resume goes on with the run's own settings; leave out %s"
                                            .formatted(Arguments.spelling(option)));
                        });
    }

    /** The pictures are the teacher's; the command that trained it is in its own card. */
    private static Provenance ofTeacher(CheckpointFolder teacher) {
        Provenance own = RunFacts.provenance(teacher.config());
        return new Provenance("", own.dataSource(), own.dataLicence());
    }

    private static Path teacher(Path folder) throws IOException {
        RunFolder run = RunFolder.open(folder);
        if (Training.configuration(folder).objective().distillation().isEmpty()) {
            throw new IOException(
                    "%s is no distillation; resume it by zigma train --resume".formatted(folder));
        }
        return run.teacherFolder();
    }

    /** The classes of the teacher, or the captions of a data set. */
    private static ImageDataset conditions(
            Arguments arguments, CheckpointFolder teacher, Path model, Console console)
            throws IOException {
        BackboneSpec spec = teacher.config().model();
        if (spec.conditioning().contextSize() == 0) {
            if (arguments.has(DATA)) {
                throw new UsageException(
                        "%s is not conditioned on text, so no captions are needed; leave out --data"
                                .formatted(model));
            }
            return new NoPictures(
                    "what %s makes".formatted(name(teacher)),
                    spec.sample(),
                    teacher.config().labels(),
                    teacher.config().codec().filter(CodecReference::isFolder));
        }
        if (!arguments.has(DATA)) {
            throw new UsageException(
                    "%s makes pictures of texts; name pictures with captions by --data, so that it learns for such texts"
                            .formatted(model));
        }
        return new DataOpening(new DataOptions(arguments), console)
                .forModel(spec.sample(), RunFacts.clips(teacher.config()), true, model);
    }

    private static String name(CheckpointFolder teacher) {
        return String.valueOf(teacher.path().toAbsolutePath().normalize().getFileName());
    }
}
