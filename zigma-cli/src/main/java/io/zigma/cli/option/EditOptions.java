package io.zigma.cli.option;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.pipeline.Edit;
import io.zigma.pipeline.Extension;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.Margins;
import io.zigma.pipeline.NoiseChoice;
import io.zigma.pipeline.SourceClip;
import io.zigma.pipeline.SourcePicture;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.Option;
import org.jspecify.annotations.Nullable;

/**
 * The options for pictures that are made from a picture, and for pictures near or between others.
 */
public final class EditOptions {

    private static final int MOST_FRAMES = 1000;
    private static final int FRAMES_BY_DEFAULT = 16;
    private static final int MOST_VARIATIONS = 10_000;

    public static final Option INIT_IMAGE =
            Flags.value(
                    null,
                    "init-image",
                    "FILE",
                    "start from this picture (PNG, JPEG, WebP, …), scaled to the model's size and"
                            + " cropped to its centre");
    public static final Option STRENGTH =
            Flags.value(
                    null,
                    "strength",
                    "S",
                    "how much of --init-image is changed: 0 is the picture itself, 1 a new one;"
                            + " default "
                            + Edit.STRENGTH
                            + ", and 1 with --mask or --outpaint");
    public static final Option MASK =
            Flags.value(
                    null,
                    "mask",
                    "FILE",
                    "repaint only what is white in this picture, of the shape of --init-image;"
                            + " everything else stays as it is");
    public static final Option OUTPAINT =
            Flags.value(
                    null,
                    "outpaint",
                    "L,T,R,B",
                    "paint margins of so many pixels around --init-image: left, top, right,"
                            + " bottom. The result has the model's size, so the picture is"
                            + " scaled to what the margins leave");
    public static final Option INVERT =
            Flags.flag(
                    null,
                    "invert",
                    "start from the noise that --init-image comes from by the ODE, to make it"
                            + " again as another class or from another prompt");
    public static final Option SHOWS =
            Flags.value(
                    null,
                    "shows",
                    "CLASS|TEXT",
                    "what --init-image shows, for --invert: its class or prompt");
    public static final Option VARIATIONS =
            Flags.value(
                    null,
                    "variations",
                    "K",
                    "make K variations of the picture of one seed, each with noise near it");
    public static final Option VARIATION_STRENGTH =
            Flags.value(
                    null,
                    "variation-strength",
                    "S",
                    "how far the variations are: 0 is the seed itself, 1 other noise; default "
                            + NoiseChoice.Variations.STRENGTH);
    public static final Option INTERPOLATE =
            Flags.value(
                    null,
                    "interpolate",
                    "A,B",
                    "go from the picture of seed A to that of seed B in --frames pictures, by"
                            + " default into zigma.gif");
    public static final Option TO =
            Flags.value(
                    null,
                    "to",
                    "CLASS|TEXT",
                    "go from --class or --prompt to this class or prompt in --frames pictures");
    public static final Option FRAMES =
            Flags.value(
                    null,
                    "frames",
                    "N",
                    "how many pictures --interpolate and --to make, both ends among them;"
                            + " default "
                            + FRAMES_BY_DEFAULT);

    public static final Option EXTEND =
            Flags.value(
                    null,
                    "extend",
                    "N",
                    "videos of N frames more than the model makes: it goes on from the last frames of"
                            + " what is there, again and again");
    public static final Option OVERLAP =
            Flags.value(
                    null,
                    "overlap",
                    "N",
                    "with --extend: from how many frames it goes on; default half of the model's");

    public static final Option INIT_CLIP =
            Flags.value(
                    null,
                    "init-clip",
                    "FILE",
                    "with --extend: go on from this clip (GIF, APNG, WebP, MP4, or a picture), which is"
                            + " the beginning of the video, in the model's size");
    public static final Option INIT_FPS =
            Flags.value(
                    null,
                    "init-fps",
                    "R",
                    "frames a second to take of --init-clip, 0 for its own; default: as the clips that"
                            + " the model was trained on");

    private static final double HIGHEST_RATE = 240;

    /** All but the files that a recipe needs again. */
    static final List<Option> SETTINGS =
            List.of(
                    STRENGTH,
                    OUTPAINT,
                    INVERT,
                    SHOWS,
                    VARIATIONS,
                    VARIATION_STRENGTH,
                    INTERPOLATE,
                    TO,
                    FRAMES,
                    EXTEND,
                    OVERLAP,
                    INIT_FPS);

    private final Arguments arguments;

    /**
     * Reads options.
     *
     * @param arguments what was given
     */
    public EditOptions(Arguments arguments) {
        this.arguments = arguments;
    }

    /** Returns whether pictures between two are asked for. */
    private boolean interpolates() {
        return arguments.has(INTERPOLATE) || arguments.has(TO);
    }

    /**
     * Refuses what cannot be meant with any model.
     *
     * @param seed the option of the seed, which an interpolation has two of
     * @throws UsageException if options do not go together or a value is wrong
     */
    public void check(Option seed) {
        for (Option part : List.of(STRENGTH, MASK, OUTPAINT, INVERT)) {
            require(part, INIT_IMAGE, "it changes a picture");
        }
        require(OVERLAP, EXTEND, "it says from how many frames a video goes on");
        require(INIT_CLIP, EXTEND, "it says by how many frames the clip goes on");
        require(INIT_FPS, INIT_CLIP, "it says which of its frames are taken");
        exclude(INIT_CLIP, INIT_IMAGE, "both say what to start from");
        arguments.number(INIT_FPS, 0, HIGHEST_RATE, 0);
        arguments.integer(EXTEND, 1, Extension.MOST_FRAMES, 1);
        arguments.integer(OVERLAP, 1, Extension.MOST_FRAMES, 1);
        require(SHOWS, INVERT, "it is for the picture that is inverted");
        require(VARIATION_STRENGTH, VARIATIONS, "it says how far they are");
        if (arguments.has(FRAMES) && !interpolates()) {
            throw new UsageException(
                    "--frames goes with --interpolate or --to; add one of them, or leave it out");
        }
        exclude(MASK, OUTPAINT, "both say where to paint");
        for (Option part : List.of(STRENGTH, MASK, OUTPAINT)) {
            exclude(INVERT, part, "an inversion goes all the way to the noise");
        }
        exclude(INVERT, VARIATIONS, "an inversion finds the noise of the picture");
        exclude(INVERT, INTERPOLATE, "an inversion finds the noise of the picture");
        exclude(INTERPOLATE, seed, "an interpolation has two seeds of its own");
        for (Option number : List.of(VARIATIONS, INTERPOLATE, TO)) {
            exclude(number, SubjectOptions.COUNT, "it says how many pictures there are");
        }
        exclude(VARIATIONS, INTERPOLATE, "they are two ways to choose the noise");
        exclude(VARIATIONS, TO, "they are two ways to make several pictures");
        exclude(TO, SubjectOptions.TEXT_TOKENS, "it is in words");
        strength();
        margins();
        seeds();
        arguments.integer(VARIATIONS, 1, MOST_VARIATIONS, 1);
        arguments.integer(FRAMES, 2, MOST_FRAMES, FRAMES_BY_DEFAULT);
        variationStrength();
    }

    private void require(Option option, Option with, String why) {
        if (arguments.has(option) && !arguments.has(with)) {
            throw new UsageException(
                    "%s needs %s %s: %s"
                            .formatted(
                                    Arguments.spelling(option),
                                    Arguments.spelling(with),
                                    with.hasArg() ? with.getArgName() : "too",
                                    why));
        }
    }

    private void exclude(Option option, Option other, String why) {
        if (arguments.has(option) && arguments.has(other)) {
            throw new UsageException(
                    "%s and %s do not go together (%s); leave one out"
                            .formatted(Arguments.spelling(option), Arguments.spelling(other), why));
        }
    }

    /**
     * Adds what was asked for to a request.
     *
     * @param request prompts, seed and sampling as the other options have them
     * @param checkpoint the model
     * @return the request with the picture to start from and the noise
     * @throws UsageException if the model cannot do it
     * @throws IOException if a picture cannot be read
     */
    public GenerationRequest applyTo(GenerationRequest request, CheckpointFolder checkpoint)
            throws IOException {
        GenerationRequest changed = request;
        if (arguments.has(VARIATIONS)) {
            requireOne(VARIATIONS, request.prompts(), checkpoint);
            changed =
                    changed.withEach(arguments.integer(VARIATIONS, 1, MOST_VARIATIONS, 1))
                            .withNoise(
                                    new NoiseChoice.Variations(
                                            request.seed() + 1, variationStrength()));
        } else if (interpolates()) {
            Option option = arguments.has(INTERPOLATE) ? INTERPOLATE : TO;
            requireOne(option, request.prompts(), checkpoint);
            requirePictures(option, checkpoint);
            long[] seeds = seeds();
            Prompt towards =
                    arguments.has(TO) ? prompt(TO, request.prompts().get(0), checkpoint) : null;
            changed =
                    changed.withEach(arguments.integer(FRAMES, 2, MOST_FRAMES, FRAMES_BY_DEFAULT))
                            .withSeed(seeds == null ? request.seed() : seeds[0])
                            .withNoise(
                                    new NoiseChoice.Interpolation(
                                            seeds == null ? null : Long.valueOf(seeds[1]),
                                            towards));
        }
        if (arguments.has(EXTEND)) {
            changed = changed.withExtension(extension(checkpoint));
        }
        if (arguments.has(INIT_IMAGE)) {
            requirePictures(INIT_IMAGE, checkpoint);
            changed = changed.withEdit(edit(request.prompts().get(0), checkpoint));
        }
        return changed;
    }

    private Extension extension(CheckpointFolder checkpoint) throws IOException {
        int frames = checkpoint.config().model().sample().frames();
        if (frames < 2) {
            throw new UsageException(
                    "--extend is for models of videos, and %s makes pictures; leave it out"
                            .formatted(checkpoint.path()));
        }
        int overlap = arguments.integer(OVERLAP, 1, Extension.MOST_FRAMES, frames / 2);
        if (overlap >= frames) {
            throw new UsageException(
                    "--overlap %s leaves no new frame in the model's videos of %s; give less"
                            .formatted(overlap, frames));
        }
        Extension extension =
                new Extension(arguments.integer(EXTEND, 1, Extension.MOST_FRAMES, 1), overlap);
        Optional<SourceClip> clip = clip();
        if (clip.isEmpty()) {
            return extension;
        }
        return extension.from(
                arguments.has(INIT_FPS)
                        ? clip.get().at(arguments.number(INIT_FPS, 0, HIGHEST_RATE, 0))
                        : clip.get());
    }

    /** Returns what is done to the picture. */
    private Edit edit(Prompt prompt, CheckpointFolder checkpoint) throws IOException {
        SourcePicture source = SourcePicture.read(arguments.requiredPath(INIT_IMAGE));
        if (arguments.has(INVERT)) {
            return Edit.inversion(source, shown(prompt, checkpoint));
        }
        SourcePicture mask =
                arguments.has(MASK) ? SourcePicture.read(arguments.requiredPath(MASK)) : null;
        return new Edit(source, strength(), mask, margins(), null);
    }

    /**
     * Reads the picture that a recipe needs.
     *
     * @return nothing where none was given
     * @throws IOException if it cannot be read
     */
    public Optional<SourcePicture> source() throws IOException {
        return picture(INIT_IMAGE);
    }

    /**
     * Reads the mask that a recipe needs.
     *
     * @return nothing where none was given
     * @throws IOException if it cannot be read
     */
    public Optional<SourcePicture> mask() throws IOException {
        return picture(MASK);
    }

    /**
     * Reads the clip that a recipe needs.
     *
     * @return nothing where none was given
     * @throws IOException if it cannot be read
     */
    public Optional<SourceClip> clip() throws IOException {
        return arguments.has(INIT_CLIP)
                ? Optional.of(SourceClip.read(arguments.requiredPath(INIT_CLIP)))
                : Optional.empty();
    }

    private Optional<SourcePicture> picture(Option option) throws IOException {
        return arguments.has(option)
                ? Optional.of(SourcePicture.read(arguments.requiredPath(option)))
                : Optional.empty();
    }

    private double strength() {
        boolean part = arguments.has(MASK) || arguments.has(OUTPAINT);
        return arguments.number(STRENGTH, 0, 1, part ? 1 : Edit.STRENGTH);
    }

    private double variationStrength() {
        return arguments.number(VARIATION_STRENGTH, 0, 1, NoiseChoice.Variations.STRENGTH);
    }

    private @Nullable Margins margins() {
        try {
            return arguments.text(OUTPAINT).map(Margins::parse).orElse(null);
        } catch (InvalidRequestException e) {
            throw new UsageException("--outpaint: " + e.getMessage());
        }
    }

    private long @Nullable [] seeds() {
        Optional<String> given = arguments.text(INTERPOLATE);
        if (given.isEmpty()) {
            return null;
        }
        String[] parts = given.get().split(",", -1);
        try {
            if (parts.length == 2) {
                return new long[] {
                    Long.parseLong(parts[0].strip()), Long.parseLong(parts[1].strip())
                };
            }
        } catch (NumberFormatException e) {
            // refused below, like too many numbers
        }
        throw new UsageException(
                "--interpolate needs two seeds such as 7,8, not '%s'".formatted(given.get()));
    }

    private static void requirePictures(Option option, CheckpointFolder checkpoint) {
        if (checkpoint.config().model().sample().isVideo()) {
            throw new UsageException(
                    "%s is for models of pictures, and %s makes videos; leave it out"
                            .formatted(Arguments.spelling(option), checkpoint.path()));
        }
    }

    private void requireOne(Option option, List<Prompt> prompts, CheckpointFolder checkpoint) {
        boolean anyClass =
                !checkpoint.config().labels().isEmpty() && !arguments.has(SubjectOptions.CLASS);
        if (anyClass) {
            throw new UsageException(
                    "%s is of one class; choose it with --class (%s)"
                            .formatted(
                                    Arguments.spelling(option),
                                    SubjectOptions.some(checkpoint.config().labels())));
        }
        if (prompts.size() > 1) {
            throw new UsageException(
                    "%s is of one prompt, not of %s; give one"
                            .formatted(Arguments.spelling(option), prompts.size()));
        }
    }

    private Prompt shown(Prompt prompt, CheckpointFolder checkpoint) {
        boolean conditional =
                !checkpoint.config().labels().isEmpty()
                        || checkpoint.config().model().conditioning().contextSize() > 0;
        if (arguments.has(SHOWS)) {
            return prompt(SHOWS, prompt, checkpoint);
        }
        if (conditional) {
            throw new UsageException(
                    "--invert needs --shows %s: what %s shows"
                            .formatted(
                                    SHOWS.getArgName(),
                                    arguments.text(INIT_IMAGE).orElse("the picture")));
        }
        return Prompt.any();
    }

    /** Reads a class, or a prompt with the negative text of another. */
    private Prompt prompt(Option option, Prompt beside, CheckpointFolder checkpoint) {
        String given = arguments.requiredText(option);
        List<String> labels = checkpoint.config().labels();
        if (checkpoint.config().model().conditioning().contextSize() > 0) {
            if (beside.tokens() != null) {
                throw new UsageException(
                        "%s is in words, and --text-tokens is not; give --prompt"
                                .formatted(Arguments.spelling(option)));
            }
            Prompt text = Prompt.ofText(given);
            return beside.negativeText() == null
                    ? text
                    : text.withNegativeText(beside.negativeText());
        }
        if (labels.isEmpty()) {
            throw new UsageException(
                    "%s is unconditional: it has neither classes nor prompts; leave out %s"
                            .formatted(checkpoint.path(), Arguments.spelling(option)));
        }
        return Prompt.ofClass(ClassChoice.parse(given, labels, checkpoint.path()));
    }
}
