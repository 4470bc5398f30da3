package io.zigma.cli.option;

import io.zigma.base.Amount;
import io.zigma.base.SampleShape;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.ReadingProgress;
import io.zigma.codec.PixelCodec;
import io.zigma.condition.ClassNames;
import io.zigma.media.PictureFormat;
import io.zigma.train.data.ClassCaptions;
import io.zigma.train.data.ClipOptions;
import io.zigma.train.data.DatasetOptions;
import io.zigma.train.data.Datasets;
import io.zigma.train.data.IdxFolder;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.data.LatentIndex;
import io.zigma.train.data.PictureCache;
import io.zigma.train.data.PictureShards;
import io.zigma.train.data.SkippedFile;
import io.zigma.train.data.Split;
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

    private static final int DEFAULT_SIDE = 32;
    private static final int LARGEST_SIDE = 4096;

    /** So many files that were left out are named; of more, only the number is given. */
    private static final int NAMED = 10;

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

    public static final OptionSection SECTION =
            OptionSection.of(
                    "The pictures", IMAGE_SIZE, CHANNELS, LABELS, CAPTION_TEMPLATE, PICTURE_CACHE);

    /** How clips are read. */
    public static final OptionSection CLIPS = ClipChoices.SECTION;

    private final Arguments arguments;
    private final ClipChoices clips;

    public DataOptions(Arguments arguments) {
        this.arguments = arguments;
        this.clips = new ClipChoices(arguments);
    }

    /** The option that must be given. */
    public static Option data() {
        return DATA;
    }

    /** Makes the option that {@link #size()} reads, for another command. */
    public static Option imageSize(String meaning) {
        return Flags.value(null, "image-size", "N", meaning);
    }

    /** Makes the option that {@link #channels()} reads, for another command. */
    public static Option channels(String meaning) {
        return Flags.value(null, "channels", "N", meaning);
    }

    /** Makes the option that {@link #labels()} reads, for another command. */
    public static Option labels(String meaning) {
        return Flags.value(null, "labels", "A,B,...", meaning);
    }

    /** Returns the folder. */
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
     * Opens the data set of the options and reports files that were left out.
     *
     * @throws IOException if there is none
     */
    public ImageDataset open(Console console) throws IOException {
        Path folder = folder();
        boolean idx = IdxFolder.isIn(folder);
        DatasetOptions options =
                options(arguments.has(ObjectiveOptions.UNCONDITIONAL)).withLabels(labels());
        if (LatentIndex.isIn(folder)) {
            requireNoFormat(folder);
            return opened(folder, options, console);
        }
        Optional<Size> size = size();
        Optional<Integer> channels = channels();
        if (!idx || size.isPresent()) {
            Size side = size.orElse(new Size(DEFAULT_SIDE, DEFAULT_SIDE));
            options =
                    options.withFormat(
                            new PictureFormat(
                                    channels.orElse(idx ? 1 : 3), side.height(), side.width()));
        } else if (channels.isPresent()) {
            throw new UsageException("--channels needs --image-size beside it for IDX files");
        }
        return opened(folder, withClips(options, idx, clips.ofNewRun()), console);
    }

    private static DatasetOptions withClips(
            DatasetOptions options, boolean idx, Optional<ClipOptions> clips) {
        if (clips.isPresent() && idx) {
            throw new UsageException("IDX files hold pictures, no clips; leave out --frames");
        }
        return clips.map(options::withClips).orElse(options);
    }

    private void requireNoFormat(Path folder) {
        for (Option option : List.of(IMAGE_SIZE, CHANNELS)) {
            if (arguments.has(option)) {
                throw new UsageException(
                        "%s is for pictures, and %s holds latents of the size that they were encoded at; leave it out"
                                .formatted(Arguments.spelling(option), folder));
            }
        }
    }

    /**
     * Opens the data set as a run has it.
     *
     * @param sample the size of the run's pictures or videos
     * @param before how the run reads clips, if that is known
     * @param names the run's classes
     * @throws UsageException if the options require something else
     * @throws IOException if there is none
     */
    public ImageDataset open(
            SampleShape sample, Optional<ClipOptions> before, List<String> names, Console console)
            throws IOException {
        if (LatentIndex.isIn(folder())) {
            requireNoFormat(folder());
            return opened(folder(), options(names.isEmpty()), console);
        }
        PictureFormat format = format(sample);
        Size size = new Size(format.height(), format.width());
        requireAsBefore(IMAGE_SIZE, size().orElse(size).equals(size));
        requireAsBefore(CHANNELS, channels().orElse(format.channels()) == format.channels());
        requireAsBefore(
                LABELS,
                labels().isEmpty()
                        || Arrays.equals(
                                ClassNames.matches(labels(), names),
                                IntStream.range(0, names.size()).toArray()));
        Path folder = folder();
        DatasetOptions options =
                withClips(
                        options(names.isEmpty()).withFormat(format),
                        IdxFolder.isIn(folder),
                        clips.ofModel(sample.frames(), before));
        return opened(folder, namesClasses(folder) ? options.withLabels(names) : options, console);
    }

    /** Returns whether classes are numbers in the files, which the user names. */
    private static boolean namesClasses(Path folder) throws IOException {
        return IdxFolder.isIn(folder) || PictureShards.areAt(folder);
    }

    /** Returns the pictures' size for a model of pixels. */
    private PictureFormat format(SampleShape sample) {
        if (!PixelCodec.fits(sample)) {
            throw new UsageException(
                    "the model makes latents of %s, and %s holds pictures; encode them with its codec first (zigma encode)"
                            .formatted(sample, folder()));
        }
        return new PictureFormat(sample.channels(), sample.height(), sample.width());
    }

    /**
     * Opens the pictures that measure what was trained on others.
     *
     * @param folder holds them; without it the test part of IDX files is taken
     * @param training what was trained on, whose size and classes they must have
     * @return the pictures, or empty if none are set apart
     * @throws IOException if they cannot be read
     */
    public Optional<ImageDataset> test(
            Optional<Path> folder, ImageDataset training, Console console) throws IOException {
        PictureFormat format =
                new PictureFormat(training.channels(), training.height(), training.width());
        DatasetOptions options = options(training.labels().isEmpty()).withFormat(format);
        options = training.clips().map(options::withClips).orElse(options);
        Path own = folder.orElseGet(this::folder);
        List<String> names =
                own.equals(folder()) ? training.labels() : idxNames(own, training.labels());
        if (IdxFolder.isIn(own, Split.TEST)) {
            options = options.withSplit(Split.TEST).withLabels(names);
        } else if (folder.isEmpty()) {
            return Optional.empty();
        } else if (IdxFolder.isIn(own)) {
            options = options.withLabels(names);
        }
        return Optional.of(opened(own, options, console));
    }

    /**
     * Opens the data set that a model's pictures are compared with.
     *
     * @param sample the size of the model's pictures or videos
     * @param before how the clips were read that it was trained on, if that is known
     * @param names the model's classes
     * @return the pictures; the classes of IDX files, which are numbers, have the names that {@link
     *     #labels()} says, else those that lie beside them, else the model's in their order
     * @throws IOException if there is none
     */
    public ImageDataset openToCompare(
            SampleShape sample, Optional<ClipOptions> before, List<String> names, Console console)
            throws IOException {
        Path folder = folder();
        DatasetOptions options =
                withClips(
                        DatasetOptions.defaults()
                                .withFormat(
                                        new PictureFormat(
                                                sample.channels(),
                                                sample.height(),
                                                sample.width())),
                        IdxFolder.isIn(folder),
                        clips.ofModel(sample.frames(), before));
        return opened(
                folder,
                IdxFolder.isIn(folder) ? options.withLabels(idxNames(folder, names)) : options,
                console);
    }

    /**
     * Opens pictures that are to be evaluated.
     *
     * @param folder holds them
     * @param format what they are brought to; clips with the options of clips
     * @throws IOException if there are none
     */
    public ImageDataset openSamples(Path folder, PictureFormat format, Console console)
            throws IOException {
        DatasetOptions options =
                withClips(
                        DatasetOptions.defaults().withFormat(format),
                        IdxFolder.isIn(folder),
                        clips.ofNewRun());
        return opened(
                folder, IdxFolder.isIn(folder) ? options.withLabels(labels()) : options, console);
    }

    /**
     * Returns what the classes of IDX files are called, none for what the files say themselves.
     *
     * @param names what they are called if they have no names: not if one of these is a number, for
     *     then the class 3 is the one of that name, at any position
     */
    private List<String> idxNames(Path folder, List<String> names) {
        if (!labels().isEmpty()) {
            return labels();
        }
        return IdxFolder.hasNames(folder) || ClassNames.anyNumber(names) ? List.of() : names;
    }

    /**
     * Opens a data set for a model that is there already.
     *
     * @param sample the size of the model's pictures or videos
     * @param before how the clips were read that it was trained on, if that is known
     * @param unconditional whether the model has no classes, so that all pictures are read
     * @param model where the model is, for the refusal
     * @throws UsageException if the options give another size or other channels
     * @throws IOException if there is no data set
     */
    public ImageDataset openFor(
            SampleShape sample,
            Optional<ClipOptions> before,
            boolean unconditional,
            Path model,
            Console console)
            throws IOException {
        boolean everything = unconditional || arguments.has(ObjectiveOptions.UNCONDITIONAL);
        if (LatentIndex.isIn(folder())) {
            requireNoFormat(folder());
            return opened(folder(), options(everything).withLabels(labels()), console);
        }
        PictureFormat format = format(sample);
        Size size = new Size(format.height(), format.width());
        requireTheModels(IMAGE_SIZE, size().orElse(size).equals(size), model);
        requireTheModels(
                CHANNELS, channels().orElse(format.channels()) == format.channels(), model);
        return opened(
                folder(),
                withClips(
                        options(everything).withFormat(format).withLabels(labels()),
                        IdxFolder.isIn(folder()),
                        clips.ofModel(sample.frames(), before)),
                console);
    }

    private static void requireTheModels(Option option, boolean same, Path model) {
        if (!same) {
            throw new UsageException(
                    "%s must be that of %s; leave it out"
                            .formatted(Arguments.spelling(option), model));
        }
    }

    private static void requireAsBefore(Option option, boolean same) {
        if (!same) {
            throw new UsageException(
                    "%s cannot change when a run is resumed; leave it out"
                            .formatted(Arguments.spelling(option)));
        }
    }

    private DatasetOptions options(boolean everything) {
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

    private ImageDataset opened(Path folder, DatasetOptions options, Console console)
            throws IOException {
        ImageDataset data;
        try (ReadingProgress progress = new ReadingProgress(console)) {
            data = captioned(Datasets.open(folder, options.withListener(progress)));
        }
        data.warnings().forEach(console::say);
        List<SkippedFile> skipped = data.skipped();
        skipped.stream().limit(NAMED).forEach(file -> console.say("left out " + file));
        if (skipped.size() > NAMED) {
            console.say("left out " + Amount.of(skipped.size() - NAMED, "more file"));
        }
        console.say(
                "%s: %s of %s × %s, %s"
                        .formatted(
                                folder,
                                data.frames() > 0
                                        ? Amount.of(data.size(), "clip")
                                                + " of "
                                                + Amount.of(data.frames(), "frame")
                                        : Amount.of(
                                                data.size(),
                                                data.codec().isPresent() ? "latent" : "picture"),
                                data.height(),
                                data.width(),
                                about(data)));
        return data;
    }

    private ImageDataset captioned(ImageDataset data) {
        List<String> templates = arguments.texts(CAPTION_TEMPLATE);
        try {
            return templates.isEmpty() ? data : new ClassCaptions(data, templates);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--caption-template: " + e.getMessage());
        }
    }

    private static String about(ImageDataset data) {
        if (data.codec().isPresent()) {
            return about(data.labels(), data.captioned())
                    + ", of the codec "
                    + data.codec().get().name();
        }
        return about(data.labels(), data.captioned());
    }

    private static String about(List<String> labels, boolean captioned) {
        String classes = labels.isEmpty() ? "no classes" : Amount.of(labels.size(), "class");
        return captioned ? classes + ", with captions" : classes;
    }

    /** Returns whether clips are asked for. */
    public boolean ofClips() {
        return arguments.has(ClipChoices.FRAMES);
    }

    /** Height and width of a picture. */
    public record Size(int height, int width) {}

    /** Returns the size that was asked for, if any was. */
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

    /** Returns the number of channels that was asked for, if any was. */
    public Optional<Integer> channels() {
        return arguments
                .text(CHANNELS)
                .map(
                        given ->
                                Integer.valueOf(
                                        arguments.choice(CHANNELS, List.of("1", "3"), given)));
    }

    /** Returns the names of the classes, none where none were given. */
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
