package io.zigma.cli.command;

import ai.djl.Device;
import com.google.gson.JsonObject;
import io.zigma.backbone.BackboneSpec;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.DataOptions;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.ModelOptions;
import io.zigma.cli.option.ObjectiveOptions;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.condition.Conditioning;
import io.zigma.condition.Unconditional;
import io.zigma.convert.ForeignCheckpoint;
import io.zigma.convert.SafetensorsWeights;
import io.zigma.convert.TorchWeights;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.pipeline.ReferenceOutputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;

/** {@code zigma import}: a checkpoint folder from a checkpoint of the official program. */
public final class ImportCommand implements Command {

    private static final Option OUTPUT =
            Flags.value("o", "output", "DIR", "checkpoint folder to make; must be new or empty");
    private static final Option WEIGHTS =
            Flags.value(
                    "w",
                    "weights",
                    "NAME",
                    "ema, the moving average (default), or raw, the last step's");
    private static final Option LABELS =
            DataOptions.labels("names of the classes in their order; default: their numbers");
    private static final int DEFAULT_SIDE = 32;
    private static final int DEFAULT_CHANNELS = 3;
    private static final Option IMAGE_SIZE =
            DataOptions.imageSize(
                    "pictures or latents are N by N, or HxW; default: the preset's, else "
                            + DEFAULT_SIDE);
    private static final Option CHANNELS =
            Flags.value(
                    null,
                    "channels",
                    "N",
                    "channels of a picture or latent; default: the preset's, else "
                            + DEFAULT_CHANNELS);
    private static final Option FRAMES =
            Flags.value(
                    null,
                    "frames",
                    "N",
                    "frames of a video; default: the preset's, else the model makes pictures");
    private static final Option CLASSES =
            Flags.value(
                    null,
                    "classes",
                    "N",
                    "classes of the label table; default: as many as --labels, else the preset's, else none");

    private static final Option TEXT_SIZE =
            Flags.value(
                    null,
                    "text-size",
                    "N",
                    "numbers in a token of the texts that a text-conditional model is told");

    private static final List<Option> SHAPE =
            Stream.concat(
                            Stream.of(IMAGE_SIZE, CHANNELS, FRAMES, CLASSES, TEXT_SIZE),
                            ModelOptions.SECTION.options().stream())
                    .toList();

    /** What describes the model where the file does not. */
    private static final OptionSection MODEL =
            new OptionSection(
                    "The model, where the file does not say",
                    Stream.concat(
                                    SHAPE.stream(),
                                    Stream.of(
                                            ObjectiveOptions.INTERPOLANT,
                                            ObjectiveOptions.PREDICTION))
                            .toList());

    @Override
    public String name() {
        return "import";
    }

    @Override
    public String purpose() {
        return "Make a checkpoint folder from an official PyTorch checkpoint or a safetensors file.";
    }

    @Override
    public String synopsis() {
        return "FILE -o DIR";
    }

    @Override
    public Optional<String> operand() {
        return Optional.of("FILE, the .pt or .safetensors file to import");
    }

    @Override
    public List<OptionSection> sections() {
        return List.of(
                OptionSection.of("What to import and where to", OUTPUT, WEIGHTS, LABELS), MODEL);
    }

    @Override
    public List<String> examples() {
        return List.of(
                "import 0400000.pt -o models/churches",
                "import weights.pt -o models/b1 --weights raw --preset zigzag8_b1_pe2",
                "import weights.pt -o models/mine --weights raw --image-size 32 --channels 4"
                        + " --patch-size 1 --hidden-size 768 --depth 24",
                "import weights.safetensors -o models/mine --preset b-2 --classes 1000");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        Path file = arguments.requiredOperand(this);
        Path folder = arguments.requiredPath(OUTPUT);
        TorchWeights weights = weights(arguments);
        List<String> labels = new DataOptions(arguments).labels();
        try (ForeignCheckpoint checkpoint = ForeignCheckpoint.open(file)) {
            if (checkpoint instanceof SafetensorsWeights && arguments.has(WEIGHTS)) {
                throw new UsageException(
                        "%s holds one set of weights; leave out %s"
                                .formatted(file, Arguments.spelling(WEIGHTS)));
            }
            CheckpointConfig config = config(checkpoint, file, weights, labels, arguments);
            ReferenceOutputs.record(checkpoint.convert(weights, config, folder), Device.cpu());
            BackboneSpec model = config.model();
            console.say(
                    "%s: %s, %s on %s of %d × %d × %d, %s weights"
                            .formatted(
                                    file,
                                    model.kind().name(),
                                    model.facts().getOrDefault("layers", "a backbone"),
                                    model.sample().isVideo()
                                            ? "videos of %d frames"
                                                    .formatted(model.sample().frames())
                                            : "images",
                                    model.sample().channels(),
                                    model.sample().height(),
                                    model.sample().width(),
                                    checkpoint instanceof SafetensorsWeights
                                            ? "its"
                                            : weights.label()));
            console.out().println(folder);
        }
    }

    private static TorchWeights weights(Arguments arguments) {
        List<String> labels =
                Arrays.stream(TorchWeights.values()).map(TorchWeights::label).toList();
        String chosen = arguments.choice(WEIGHTS, labels, TorchWeights.EMA.label());
        return TorchWeights.values()[labels.indexOf(chosen)];
    }

    private static CheckpointConfig config(
            ForeignCheckpoint checkpoint,
            Path file,
            TorchWeights weights,
            List<String> labels,
            Arguments arguments)
            throws IOException {
        Optional<? extends BackboneSpec> described = checkpoint.model();
        Optional<InterpolantKind> interpolant = checkpoint.interpolant();
        Optional<Prediction> prediction = checkpoint.prediction();
        if (described.isPresent()) {
            refuse(SHAPE, file, arguments);
        }
        if (interpolant.isPresent()) {
            refuse(List.of(ObjectiveOptions.INTERPOLANT), file, arguments);
        }
        if (prediction.isPresent()) {
            refuse(List.of(ObjectiveOptions.PREDICTION), file, arguments);
        }
        ObjectiveOptions objective = new ObjectiveOptions(arguments);
        DiffusionProcess process =
                new InterpolantProcess(
                        interpolant.orElseGet(objective::interpolant),
                        prediction.orElseGet(objective::prediction));
        BackboneSpec model =
                described.isPresent() ? described.get() : model(arguments, labels, process);
        return new CheckpointConfig(
                model,
                process,
                labels.isEmpty() ? numbers(model) : labels,
                CheckpointConfig.SamplingDefaults.PLAIN,
                training(checkpoint, file, weights),
                data(checkpoint));
    }

    /** Two descriptions of one model would leave it open which is right. */
    private static void refuse(List<Option> options, Path file, Arguments arguments) {
        options.stream()
                .filter(arguments::has)
                .findFirst()
                .ifPresent(
                        option -> {
                            throw new UsageException(
                                    "%s says itself what its model is; leave out %s"
                                            .formatted(file, Arguments.spelling(option)));
                        });
    }

    private static BackboneSpec model(
            Arguments arguments, List<String> labels, DiffusionProcess process) {
        ModelOptions options = new ModelOptions(arguments);
        try {
            Optional<BackboneSpec> preset = options.preset();
            return options.model(
                    canvas(arguments, preset.map(BackboneSpec::sample)),
                    conditioning(arguments, labels, preset.map(BackboneSpec::conditioning)),
                    process);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /** The preset's canvas, or an image, with the sides, channels and frames that were given. */
    private static SampleShape canvas(Arguments arguments, Optional<SampleShape> preset) {
        SampleShape usual =
                preset.orElse(SampleShape.image(DEFAULT_CHANNELS, DEFAULT_SIDE, DEFAULT_SIDE));
        DataOptions.Size size =
                new DataOptions(arguments)
                        .size()
                        .orElse(new DataOptions.Size(usual.height(), usual.width()));
        int channels = arguments.integer(CHANNELS, 1, usual.channels());
        return usual.isVideo() || arguments.has(FRAMES)
                ? SampleShape.video(
                        arguments.integer(FRAMES, 1, usual.frames()),
                        channels,
                        size.height(),
                        size.width())
                : SampleShape.image(channels, size.height(), size.width());
    }

    private static Conditioning conditioning(
            Arguments arguments, List<String> labels, Optional<Conditioning> preset) {
        if (arguments.has(TEXT_SIZE)) {
            if (arguments.has(CLASSES) || !labels.isEmpty()) {
                throw new UsageException(
                        "a model is told texts or classes; leave out --text-size, or --classes and"
                                + " --labels");
            }
            return new ByText(arguments.integer(TEXT_SIZE, 1, 1), 0);
        }
        if (arguments.has(CLASSES) || !labels.isEmpty()) {
            int classes = arguments.integer(CLASSES, 0, labels.size());
            return classes > 0 ? new ByClass(classes, false) : new Unconditional();
        }
        return preset.orElse(new Unconditional());
    }

    private static List<String> numbers(BackboneSpec model) {
        return IntStream.range(0, model.conditioning().classes())
                .mapToObj(Integer::toString)
                .toList();
    }

    private static JsonObject training(
            ForeignCheckpoint checkpoint, Path file, TorchWeights weights) throws IOException {
        JsonObject training = new JsonObject();
        training.addProperty("imported_from", String.valueOf(file.getFileName()));
        if (!(checkpoint instanceof SafetensorsWeights)) {
            training.addProperty("weights", weights.label());
        }
        checkpoint.modelName().ifPresent(name -> training.addProperty("official_model", name));
        checkpoint.trainSteps().ifPresent(steps -> training.addProperty("steps", steps));
        return training;
    }

    private static JsonObject data(ForeignCheckpoint checkpoint) throws IOException {
        JsonObject data = new JsonObject();
        checkpoint.dataName().ifPresent(name -> data.addProperty("name", name));
        return data;
    }
}
