package io.zigma.cli.option;

import io.zigma.condition.ClassNames;
import io.zigma.media.PictureFormat;
import io.zigma.train.data.ClassCaptions;
import io.zigma.train.data.DatasetOptions;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.data.LatentIndex;
import io.zigma.train.data.PictureCache;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;

/** The options that say what to train on. */
public final class DataOptions {

    /** Side of pictures in pixels where neither options nor files say one. */
    static final int DEFAULT_SIDE = 32;

    private static final int LARGEST_SIDE = 4096;

    private static final Pattern SIZE = Pattern.compile("(\\d{1,5})(?:[x×](\\d{1,5}))?");

    private static final Option DATA =
            Flags.value(
                    null,
                    "data",
                    "DIR",
                    "folder of pictures (with --frames: of clips) with a sub-folder a class, or of MNIST-style IDX files; or a zip or tar of"
                            + " such pictures; or tar shards of WebDataset, as a folder or a pattern such"
                            + " as photos-{000..041}.tar; or a folder of latents (zigma encode);"
                            + " captions stand in NAME.txt beside NAME.png, or in"
                            + " metadata.jsonl or metadata.csv (file_name, text)");
    private static final Option IMAGE_SIZE =
            imageSize(
                    "pictures are resized and cropped to N by N, or HxW; default: that of IDX files, "
                            + DEFAULT_SIDE
                            + " for others");
    private static final Option CHANNELS =
            channels("1 for grey, 3 for colour; default: 1 for IDX files, else 3");
    private static final Option LABELS =
            labels("names of the classes of IDX files, in their order");

    private static final Option PICTURE_CACHE =
            Flags.value(
                    null,
                    "picture-cache",
                    "DIR",
                    "where resized pictures are stored for the next start, or 'none'; default:"
                            + " pictures in $ZIGMA_CACHE_DIR or in the user's cache folder");

    private static final Option CAPTION_TEMPLATE =
            Flags.values(
                    null,
                    "caption-template",
                    "TEXT",
                    "caption pictures with the names of their classes, which stand for {} in this text, such as"
                            + " 'a photo of a {}'; may be given several times");

    /** What is done with the pictures. */
    public static final OptionSection SECTION =
            OptionSection.of(
                    "The pictures", IMAGE_SIZE, CHANNELS, LABELS, CAPTION_TEMPLATE, PICTURE_CACHE);

    /** How clips are read. */
    public static final OptionSection CLIPS = ClipChoices.SECTION;

    private final Arguments arguments;
    private final ClipChoices clips;

    /**
     * Reads the options.
     *
     * @param arguments the command's
     */
    public DataOptions(Arguments arguments) {
        this.arguments = arguments;
        this.clips = new ClipChoices(arguments);
    }

    /**
     * Returns the option that must be given.
     *
     * @return {@code --data}
     */
    public static Option data() {
        return DATA;
    }

    /**
     * Makes the option that {@link #size()} reads, for another command.
     *
     * @param meaning for help
     * @return {@code --image-size}
     */
    public static Option imageSize(String meaning) {
        return Flags.value(null, "image-size", "N", meaning);
    }

    /**
     * Makes the option that {@link #channels()} reads, for another command.
     *
     * @param meaning for help
     * @return {@code --channels}
     */
    public static Option channels(String meaning) {
        return Flags.value(null, "channels", "N", meaning);
    }

    /**
     * Makes the option that {@link #labels()} reads, for another command.
     *
     * @param meaning for help
     * @return {@code --labels}
     */
    public static Option labels(String meaning) {
        return Flags.value(null, "labels", "A,B,...", meaning);
    }

    /**
     * Returns where the data is.
     *
     * @return a folder, a file or a pattern of shards
     * @throws UsageException if nothing was given
     */
    public Path folder() {
        return arguments.requiredPath(DATA);
    }

    /**
     * Refuses what is wrong whatever the data is.
     *
     * @throws UsageException if a value cannot be meant
     */
    public void check() {
        folder();
        size();
        channels();
        labels();
        if (arguments.has(ClipChoices.FRAMES)) {
            clips.ofNewRun();
        }
    }

    /**
     * Returns what does not depend on the files: the cache, and whether all is read.
     *
     * @param everything whether pictures outside of the folders of classes are read too
     */
    DatasetOptions datasetOptions(boolean everything) {
        return cache().map(DatasetOptions.defaults().withEverything(everything)::withCache)
                .orElseGet(() -> DatasetOptions.defaults().withEverything(everything));
    }

    private Optional<PictureCache> cache() {
        Optional<String> given = arguments.text(PICTURE_CACHE);
        if (given.isPresent() && given.get().equals("none")) {
            return Optional.empty();
        }
        return arguments
                .path(PICTURE_CACHE)
                .map(PictureCache::in)
                .or(() -> PictureCache.ofUser(System.getenv()));
    }

    /**
     * Captions pictures with the names of their classes, where that is asked for.
     *
     * @throws UsageException if the templates cannot be used
     */
    ImageDataset captioned(ImageDataset data) {
        List<String> templates = arguments.texts(CAPTION_TEMPLATE);
        try {
            return templates.isEmpty() ? data : new ClassCaptions(data, templates);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--caption-template: " + e.getMessage());
        }
    }

    /** Returns how clips are to be read. */
    ClipChoices clips() {
        return clips;
    }

    /** Returns whether classes are to be left out. */
    boolean unconditional() {
        return arguments.has(ObjectiveOptions.UNCONDITIONAL);
    }

    /**
     * Refuses a size for a data set that has its own.
     *
     * @param latents where it is
     * @throws UsageException if size or channels were given
     */
    void requireNoFormat(Path latents) {
        for (Option option : List.of(IMAGE_SIZE, CHANNELS)) {
            if (arguments.has(option)) {
                throw new UsageException(
                        "%s is for pictures, and %s holds latents of the size that they were encoded at; leave it out"
                                .formatted(Arguments.spelling(option), latents));
            }
        }
        clips.requireNone(
                "is for clips, and %s holds latents as they were encoded; leave it out"
                        .formatted(latents));
    }

    /**
     * Refuses a size, channels or classes that are not those of a run.
     *
     * @param format of the run's pictures
     * @param names the run's classes
     * @throws UsageException if others were given
     */
    void requireAsBefore(PictureFormat format, List<String> names) {
        Size size = new Size(format.height(), format.width());
        requireAsBefore(IMAGE_SIZE, size().orElse(size).equals(size));
        requireAsBefore(CHANNELS, channels().orElse(format.channels()) == format.channels());
        requireAsBefore(
                LABELS,
                labels().isEmpty()
                        || Arrays.equals(
                                ClassNames.matches(labels(), names),
                                IntStream.range(0, names.size()).toArray()));
    }

    private static void requireAsBefore(Option option, boolean same) {
        if (!same) {
            throw new UsageException(
                    "%s cannot change when a run is resumed; leave it out"
                            .formatted(Arguments.spelling(option)));
        }
    }

    /**
     * Refuses a size or channels that are not those of a model.
     *
     * @param format of the model's pictures
     * @param model where it is
     * @throws UsageException if others were given
     */
    void requireTheModels(PictureFormat format, Path model) {
        Size size = new Size(format.height(), format.width());
        requireTheModels(IMAGE_SIZE, size().orElse(size).equals(size), model);
        requireTheModels(
                CHANNELS, channels().orElse(format.channels()) == format.channels(), model);
    }

    private static void requireTheModels(Option option, boolean same, Path model) {
        if (!same) {
            throw new UsageException(
                    "%s must be that of %s; leave it out"
                            .formatted(Arguments.spelling(option), model));
        }
    }

    /**
     * Returns how many frames each clip has, before the data is read.
     *
     * @return 0 for pictures
     * @throws UsageException if the number cannot be meant
     * @throws IOException if these are latents whose description cannot be read
     */
    public int frames() throws IOException {
        return LatentIndex.isIn(folder())
                ? LatentIndex.read(folder()).sample().frames()
                : clips.ofNewRun().map(clip -> clip.sampling().frames()).orElse(0);
    }

    /**
     * Returns whether clips are asked for.
     *
     * @return true for a data set of clips
     */
    public boolean ofClips() {
        return arguments.has(ClipChoices.FRAMES);
    }

    /**
     * Height and width of a picture.
     *
     * @param height in pixels
     * @param width in pixels
     */
    public record Size(int height, int width) {}

    /**
     * Returns the size that was asked for.
     *
     * @return height and width, if they were given
     * @throws UsageException if what was given is no size from 1 to 4096 pixels
     */
    public Optional<Size> size() {
        return arguments
                .text(IMAGE_SIZE)
                .map(
                        given -> {
                            Matcher matcher = SIZE.matcher(given);
                            if (!matcher.matches()) {
                                throw badSize(given);
                            }
                            int height = Integer.parseInt(matcher.group(1));
                            int width =
                                    matcher.group(2) == null
                                            ? height
                                            : Integer.parseInt(matcher.group(2));
                            if (Math.min(height, width) < 1
                                    || Math.max(height, width) > LARGEST_SIDE) {
                                throw badSize(given);
                            }
                            return new Size(height, width);
                        });
    }

    private static UsageException badSize(String given) {
        return new UsageException(
                "--image-size needs a side such as 32, or height and width such as 32x48, up to %s, not '%s'"
                        .formatted(LARGEST_SIDE, given));
    }

    /**
     * Returns the number of channels that was asked for.
     *
     * @return 1 or 3, if it was given
     * @throws UsageException if it is another
     */
    public Optional<Integer> channels() {
        return arguments
                .text(CHANNELS)
                .map(
                        given ->
                                Integer.valueOf(
                                        arguments.choice(CHANNELS, List.of("1", "3"), given)));
    }

    /**
     * Returns the names of the classes.
     *
     * @return none where none were given
     * @throws UsageException if one is empty or is there twice
     */
    public List<String> labels() {
        List<String> names =
                arguments
                        .text(LABELS)
                        .map(given -> Stream.of(given.split(",", -1)).map(String::strip).toList())
                        .orElse(List.of());
        if (names.stream().anyMatch(String::isEmpty)
                || names.stream().distinct().count() < names.size()) {
            throw new UsageException(
                    "--labels needs different names with commas between them, not '%s'"
                            .formatted(arguments.text(LABELS).orElse("")));
        }
        return names;
    }
}
