package io.zigma.cli.option;

import io.zigma.backbone.BackboneSpec;
import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.condition.Conditioning;
import io.zigma.condition.Unconditional;
import io.zigma.diffusion.DiffusionProcess;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;

/** The options that describe a model whose file, of another program, does not. */
public final class ForeignModelOptions {

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

    /** The options for the size of samples, the condition and the backbone. */
    public static final List<Option> SHAPE =
            Stream.concat(
                            Stream.of(IMAGE_SIZE, CHANNELS, FRAMES, CLASSES, NULL_CLASS, TEXT_SIZE),
                            ModelOptions.SECTION.options().stream())
                    .toList();

    /** The options for what the model was trained for. */
    public static final List<Option> OBJECTIVE =
            List.of(
                    ObjectiveOptions.PROCESS,
                    ObjectiveOptions.PROCESS_OPTION,
                    ObjectiveOptions.INTERPOLANT,
                    ObjectiveOptions.PREDICTION);

    /** All of them. */
    public static final OptionSection SECTION =
            new OptionSection(
                    "The model, where the file does not describe it",
                    Stream.concat(SHAPE.stream(), OBJECTIVE.stream()).toList());

    private final Arguments arguments;

    /**
     * Reads them.
     *
     * @param arguments the command's
     */
    public ForeignModelOptions(Arguments arguments) {
        this.arguments = arguments;
    }

    /**
     * Returns whether the model's shape is described.
     *
     * @return true if one of {@link #SHAPE} was given
     */
    public boolean describeShape() {
        return SHAPE.stream().anyMatch(arguments::has);
    }

    /**
     * Returns whether it is said what the model was trained for.
     *
     * @return true if one of {@link #OBJECTIVE} was given
     */
    public boolean describeObjective() {
        return OBJECTIVE.stream().anyMatch(arguments::has);
    }

    /**
     * Returns the model that they describe.
     *
     * @param labels names of the classes; none if they were not given
     * @param textSize numbers in a token of the text encoder, where one was named
     * @param process what the model was trained with
     * @return its specification
     * @throws UsageException if the options make no model
     */
    public BackboneSpec model(List<String> labels, OptionalInt textSize, DiffusionProcess process) {
        ModelOptions options = new ModelOptions(arguments);
        try {
            Optional<BackboneSpec> preset = options.preset();
            return options.model(
                    canvas(preset.map(BackboneSpec::sample)),
                    conditioning(labels, textSize, preset.map(BackboneSpec::conditioning)),
                    process);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /** The preset's canvas, or an image, with the sides, channels and frames that were given. */
    private SampleShape canvas(Optional<SampleShape> preset) {
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

    private Conditioning conditioning(
            List<String> labels, OptionalInt textSize, Optional<Conditioning> preset) {
        boolean nullClass = arguments.has(NULL_CLASS);
        if (arguments.has(TEXT_SIZE) || textSize.isPresent()) {
            if (arguments.has(CLASSES) || nullClass || !labels.isEmpty()) {
                throw new UsageException(
                        "a model's condition is a text or a class; leave out --text-size and"
                                + " --text-encoder, or --classes, --null-class and --labels");
            }
            return new ByText(arguments.integer(TEXT_SIZE, 1, textSize.orElse(1)), 0);
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
}
