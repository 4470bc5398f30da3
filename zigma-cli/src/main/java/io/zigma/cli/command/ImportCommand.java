package io.zigma.cli.command;

import ai.djl.Device;
import com.google.gson.JsonObject;
import io.zigma.backbone.BackboneSpec;
import io.zigma.base.Amount;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.Backbones;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.CodecOptions;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.DataOptions;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.ModelOptions;
import io.zigma.cli.option.ObjectiveOptions;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.PromptOptions;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.codec.PixelCodec;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.condition.Conditioning;
import io.zigma.condition.Unconditional;
import io.zigma.convert.ForeignAutoencoder;
import io.zigma.convert.ForeignCheckpoint;
import io.zigma.convert.ForeignNoisyClassifier;
import io.zigma.convert.ModelWeights;
import io.zigma.convert.SafetensorsWeights;
import io.zigma.convert.TorchWeights;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsHeader;
import io.zigma.pipeline.ReferenceOutputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;

/**
 * {@code zigma import}: a checkpoint folder from a checkpoint of the official program, or a codec's
 * folder from an autoencoder.
 */
public final class ImportCommand implements Command {

    private static final Option OUTPUT =
            Flags.value("o", "output", "DIR", "checkpoint folder to make; must be new or empty");
    private static final Option WEIGHTS =
            Flags.value(
                    "w",
                    "weights",
                    "NAME",
                    "ema, the exponential moving average (default where there is one), or raw, the"
                            + " last step's");
    private static final Option LABELS =
            DataOptions.labels(
                    "names of the classes in their order; default: ImageNet's where there are 1000, else"
                            + " their numbers");
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
                    "classes of the label table; default: as many as --labels, else the preset's,"
                            + " else none");
    private static final Option NULL_CLASS =
            Flags.flag(
                    null,
                    "null-class",
                    "the label table has one row more, for any class (classifier-free guidance)");

    private static final Option TEXT_SIZE =
            Flags.value(
                    null,
                    "text-size",
                    "N",
                    "numbers in a text token of a text-conditional model; default:"
                            + " those of --text-encoder");

    private static final List<Option> SHAPE =
            Stream.concat(
                            Stream.of(IMAGE_SIZE, CHANNELS, FRAMES, CLASSES, NULL_CLASS, TEXT_SIZE),
                            ModelOptions.SECTION.options().stream())
                    .toList();

    private static final List<Option> OBJECTIVE =
            List.of(
                    ObjectiveOptions.PROCESS,
                    ObjectiveOptions.PROCESS_OPTION,
                    ObjectiveOptions.INTERPOLANT,
                    ObjectiveOptions.PREDICTION);

    private static final List<Option> OF_MODELS =
            Stream.of(
                            List.of(
                                    WEIGHTS,
                                    LABELS,
                                    PromptOptions.TEXT_ENCODER,
                                    CodecOptions.CODEC),
                            SHAPE,
                            OBJECTIVE)
                    .flatMap(List::stream)
                    .toList();

    private static final List<Option> NOT_OF_CLASSIFIERS =
            Stream.concat(
                            Stream.of(WEIGHTS, PromptOptions.TEXT_ENCODER, CodecOptions.CODEC),
                            SHAPE.stream())
                    .toList();

    /** How many names of what was left out are listed. */
    private static final int NAMED = 8;

    /** What describes the model where the file does not. */
    private static final OptionSection MODEL =
            new OptionSection(
                    "The model, where the file does not describe it",
                    Stream.concat(SHAPE.stream(), OBJECTIVE.stream()).toList());

    @Override
    public String name() {
        return "import";
    }

    @Override
    public String purpose() {
        return "Make a checkpoint or codec folder from a PyTorch checkpoint or safetensors files.";
    }

    @Override
    public String synopsis() {
        return "FILE -o DIR";
    }

    @Override
    public Optional<String> operand() {
        return Optional.of(
                "FILE, the .pt, .ckpt, .safetensors or .safetensors.index.json file to import");
    }

    @Override
    public List<OptionSection> sections() {
        return List.of(
                OptionSection.of(
                        "What to import and where to",
                        OUTPUT,
                        WEIGHTS,
                        LABELS,
                        PromptOptions.TEXT_ENCODER,
                        CodecOptions.CODEC),
                MODEL,
                AutoencoderImport.SECTION);
    }

    @Override
    public List<String> examples() {
        return List.of(
                "import 0400000.pt -o models/churches",
                "import weights.pt -o models/b1 --weights raw --preset zigzag8_b1_pe2",
                "import weights.pt -o models/mine --weights raw --image-size 32 --channels 4"
                        + " --patch-size 1 --hidden-size 768 --depth 24",
                "import weights.safetensors -o models/mine --preset b-2 --classes 1000"
                        + " --null-class",
                "import sharded/model.safetensors.index.json -o models/large --preset"
                        + " zigzag8_b1_pe2",
                "import text.pt -o models/text --preset zigzag8_b1_pe2 --text-encoder"
                        + " clip-vit-large",
                "import vae-ft-mse.safetensors -o codecs/sd-vae",
                "import 64x64_classifier.pt -o models/guide --process iddpm",
                "import DiT-XL-2-256x256.pt -o models/xl --process ddpm --codec codecs/sd-vae");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        Path file = arguments.requiredOperand(this);
        Path folder = arguments.requiredPath(OUTPUT);
        Optional<TorchWeights> which = which(arguments);
        List<String> labels = new DataOptions(arguments).labels();
        Optional<ImportedTextEncoder> textEncoder = ImportedTextEncoder.of(arguments);
        Optional<ImportedCodec> codec = ImportedCodec.of(arguments);
        try (ForeignCheckpoint checkpoint = ForeignCheckpoint.open(file)) {
            Optional<ForeignAutoencoder> autoencoder =
                    checkpoint.described().isEmpty()
                            ? ForeignAutoencoder.in(checkpoint, file)
                            : Optional.empty();
            if (autoencoder.isPresent()) {
                AutoencoderImport.run(
                        autoencoder.get(), file, folder, OF_MODELS, arguments, console);
                return;
            }
            AutoencoderImport.refuse(file, arguments);
            Optional<ForeignNoisyClassifier> classifier =
                    ForeignNoisyClassifier.in(checkpoint, file);
            if (classifier.isPresent()) {
                NoisyClassifierImport.run(
                        classifier.get(),
                        file,
                        folder,
                        labels,
                        NOT_OF_CLASSIFIERS,
                        arguments,
                        console);
                return;
            }
            Description description = description(checkpoint, file, labels, textEncoder, arguments);
            ModelWeights weights = checkpoint.weights(which, description.model());
            if (checkpoint instanceof SafetensorsWeights
                    && which.isPresent()
                    && weights.place().isEmpty()) {
                throw new UsageException(
                        "%s holds one set of weights; leave out %s"
                                .formatted(file, Arguments.spelling(WEIGHTS)));
            }
            String kind = kind(checkpoint, which, weights);
            CheckpointConfig plain = config(checkpoint, file, description, kind);
            CheckpointConfig encoding =
                    textEncoder.map(encoder -> encoder.namedIn(plain, file)).orElse(plain);
            CheckpointConfig config =
                    codec.map(decoder -> decoder.namedIn(encoding, file)).orElse(encoding);
            ReferenceOutputs.record(checkpoint.convert(which, config, folder), Device.cpu());
            say(file, description.model(), weights, kind, checkpoint, console);
            if (description.own().isEmpty()) {
                AssumedClasses.say(
                        file, labels, description.model().conditioning().classes(), console);
            }
            if (description.own().isEmpty()
                    && checkpoint.interpolant().isEmpty()
                    && OBJECTIVE.stream().noneMatch(arguments::has)) {
                console.say(
                        "%s does not contain what it was trained for; assumed: %s (--process, --interpolant, --prediction)%s"
                                .formatted(
                                        file,
                                        description.process().description(),
                                        description
                                                .model()
                                                .alternative()
                                                .map(text -> "; " + text)
                                                .orElse("")));
            }
            console.out().println(folder);
        }
    }

    private static void say(
            Path file,
            BackboneSpec model,
            ModelWeights weights,
            String kind,
            ForeignCheckpoint checkpoint,
            Console console) {
        console.say(
                "%s: %s, %s on %s of %s × %s × %s, %s weights%s"
                        .formatted(
                                file,
                                model.kind().name(),
                                model.facts().getOrDefault("layers", "a backbone"),
                                model.sample().isVideo()
                                        ? "videos of " + Amount.of(model.sample().frames(), "frame")
                                        : "images",
                                model.sample().channels(),
                                model.sample().height(),
                                model.sample().width(),
                                kind.isEmpty() ? "its" : kind,
                                weights.place().isEmpty()
                                        ? ""
                                        : " (%s)".formatted(weights.place())));
        if (!checkpoint.passedOver().isEmpty()) {
            console.say(
                    "%s: left out what its program saved beside the weights, nothing of it was run: %s%s"
                            .formatted(
                                    file,
                                    checkpoint.passedOver().stream()
                                            .limit(NAMED)
                                            .map(SafetensorsHeader::shown)
                                            .collect(Collectors.joining(", ")),
                                    checkpoint.passedOver().size() > NAMED ? ", …" : ""));
        }
    }

    private static Optional<TorchWeights> which(Arguments arguments) {
        if (!arguments.has(WEIGHTS)) {
            return Optional.empty();
        }
        List<String> labels =
                Arrays.stream(TorchWeights.values()).map(TorchWeights::label).toList();
        String chosen = arguments.choice(WEIGHTS, labels, TorchWeights.EMA.label());
        return Optional.of(TorchWeights.values()[labels.indexOf(chosen)]);
    }

    /** What the file or the user calls the weights; empty where there is but one set. */
    private static String kind(
            ForeignCheckpoint checkpoint, Optional<TorchWeights> which, ModelWeights weights) {
        if (weights.isEma()) {
            return TorchWeights.EMA.label();
        }
        return which.isPresent() && !(checkpoint instanceof SafetensorsWeights)
                ? TorchWeights.RAW.label()
                : "";
    }

    /** What is known of the model before its weights are read. */
    private record Description(
            BackboneSpec model,
            DiffusionProcess process,
            List<String> labels,
            CheckpointConfig.SamplingDefaults sampling,
            Optional<CheckpointConfig> own) {}

    private static Description description(
            ForeignCheckpoint checkpoint,
            Path file,
            List<String> labels,
            Optional<ImportedTextEncoder> textEncoder,
            Arguments arguments)
            throws IOException {
        if (checkpoint.described().isPresent()
                && Stream.concat(SHAPE.stream(), OBJECTIVE.stream()).noneMatch(arguments::has)) {
            CheckpointConfig own = checkpoint.described().get();
            return new Description(
                    own.model(),
                    own.process(),
                    labels.isEmpty() ? own.labels() : labels,
                    own.sampling(),
                    Optional.of(own));
        }
        Optional<? extends BackboneSpec> described = checkpoint.model();
        Optional<InterpolantKind> interpolant = checkpoint.interpolant();
        Optional<Prediction> prediction = checkpoint.prediction();
        if (described.isPresent()) {
            refuse(SHAPE, file, arguments);
        }
        if (interpolant.isPresent()) {
            refuse(
                    List.of(ObjectiveOptions.PROCESS, ObjectiveOptions.INTERPOLANT),
                    file,
                    arguments);
        }
        if (prediction.isPresent()) {
            refuse(List.of(ObjectiveOptions.PREDICTION), file, arguments);
        }
        ObjectiveOptions objective = new ObjectiveOptions(arguments);
        DiffusionProcess process =
                process(
                        objective,
                        new InterpolantProcess(
                                interpolant.orElseGet(objective::interpolant),
                                prediction.orElseGet(objective::prediction)));
        Optional<BackboneSpec> inferred =
                described.isPresent()
                        ? Optional.empty()
                        : inferred(file, checkpoint.shapes(), process, arguments);
        BackboneSpec model =
                described.isPresent()
                        ? described.get()
                        : inferred.orElseGet(() -> model(arguments, labels, textEncoder, process));
        boolean objectiveGiven =
                interpolant.isPresent()
                        || prediction.isPresent()
                        || OBJECTIVE.stream().anyMatch(arguments::has);
        return new Description(
                model,
                objectiveGiven
                        ? process
                        : inferred.flatMap(BackboneSpec::trainedWith)
                                .map(AssumedProcess::of)
                                .orElse(process),
                labels.isEmpty() ? AssumedClasses.of(model.conditioning().classes()) : labels,
                CheckpointConfig.SamplingDefaults.PLAIN,
                Optional.empty());
    }

    private static CheckpointConfig config(
            ForeignCheckpoint checkpoint, Path file, Description description, String kind)
            throws IOException {
        return new CheckpointConfig(
                description.model(),
                description.process(),
                description.labels(),
                description.own().isPresent()
                        ? description.own().get().codec()
                        : PixelCodec.referenceFor(description.model().sample()),
                description.own().flatMap(CheckpointConfig::textEncoder),
                description.sampling(),
                description.own().isPresent()
                        ? description.own().get().training()
                        : training(checkpoint, file, kind),
                description.own().isPresent() ? description.own().get().data() : data(checkpoint));
    }

    /** Two descriptions of one model would leave it open which is right. */
    private static void refuse(List<Option> options, Path file, Arguments arguments) {
        options.stream()
                .filter(arguments::has)
                .findFirst()
                .ifPresent(
                        option -> {
                            throw new UsageException(
                                    "%s contains the description of its model; leave out %s"
                                            .formatted(file, Arguments.spelling(option)));
                        });
    }

    private static DiffusionProcess process(ObjectiveOptions objective, DiffusionProcess fallback) {
        try {
            return objective.process(fallback);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /**
     * The first architecture that knows all of the weights, where no option describes the model.
     */
    private static Optional<BackboneSpec> inferred(
            Path file,
            List<Map<String, long[]>> shapes,
            DiffusionProcess process,
            Arguments arguments)
            throws CheckpointException {
        if (SHAPE.stream().anyMatch(arguments::has)) {
            return Optional.empty();
        }
        Optional<String> unsupported =
                shapes.stream()
                        .flatMap(
                                tensors ->
                                        Backbones.REGISTRY.all().stream()
                                                .flatMap(
                                                        kind -> kind.unsupported(tensors).stream()))
                        .findFirst();
        if (unsupported.isPresent()) {
            throw new CheckpointException("%s is %s".formatted(file, unsupported.get()));
        }
        return shapes.stream()
                .flatMap(
                        tensors ->
                                Backbones.REGISTRY.all().stream()
                                        .<BackboneSpec>flatMap(
                                                kind ->
                                                        kind
                                                                .infer(
                                                                        tensors,
                                                                        process::outputChannels)
                                                                .stream()))
                .findFirst();
    }

    private static BackboneSpec model(
            Arguments arguments,
            List<String> labels,
            Optional<ImportedTextEncoder> textEncoder,
            DiffusionProcess process) {
        ModelOptions options = new ModelOptions(arguments);
        try {
            Optional<BackboneSpec> preset = options.preset();
            return options.model(
                    canvas(arguments, preset.map(BackboneSpec::sample)),
                    conditioning(
                            arguments, labels, textEncoder, preset.map(BackboneSpec::conditioning)),
                    process);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /** The preset's canvas, or an image, with the sides, channels and frames that were given. */
    private static SampleShape canvas(Arguments arguments, Optional<SampleShape> preset) {
        SampleShape defaults =
                preset.orElse(SampleShape.image(DEFAULT_CHANNELS, DEFAULT_SIDE, DEFAULT_SIDE));
        DataOptions.Size size =
                new DataOptions(arguments)
                        .size()
                        .orElse(new DataOptions.Size(defaults.height(), defaults.width()));
        int channels = arguments.integer(CHANNELS, 1, defaults.channels());
        return defaults.isVideo() || arguments.has(FRAMES)
                ? SampleShape.video(
                        arguments.integer(FRAMES, 1, defaults.frames()),
                        channels,
                        size.height(),
                        size.width())
                : SampleShape.image(channels, size.height(), size.width());
    }

    private static Conditioning conditioning(
            Arguments arguments,
            List<String> labels,
            Optional<ImportedTextEncoder> textEncoder,
            Optional<Conditioning> preset) {
        boolean nullClass = arguments.has(NULL_CLASS);
        if (arguments.has(TEXT_SIZE) || textEncoder.isPresent()) {
            if (arguments.has(CLASSES) || nullClass || !labels.isEmpty()) {
                throw new UsageException(
                        "a model's condition is a text or a class; leave out --text-size and"
                                + " --text-encoder, or --classes, --null-class and --labels");
            }
            int size = textEncoder.map(ImportedTextEncoder::size).orElse(1);
            return new ByText(arguments.integer(TEXT_SIZE, 1, size), 0);
        }
        if (arguments.has(CLASSES) || !labels.isEmpty()) {
            int classes = arguments.integer(CLASSES, 0, labels.size());
            if (classes > 0) {
                return new ByClass(classes, nullClass);
            }
        }
        Optional<Conditioning> given =
                arguments.has(CLASSES) ? Optional.of(new Unconditional()) : preset;
        if (nullClass && given.isPresent() && given.get().classes() > 0) {
            return new ByClass(given.get().classes(), true);
        }
        if (nullClass) {
            throw new UsageException(
                    "--null-class is a row beside those of classes; say how many with --classes N");
        }
        return given.orElse(new Unconditional());
    }

    private static JsonObject training(ForeignCheckpoint checkpoint, Path file, String kind)
            throws IOException {
        JsonObject training = new JsonObject();
        training.addProperty("imported_from", String.valueOf(file.getFileName()));
        if (!kind.isEmpty()) {
            training.addProperty("weights", kind);
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
