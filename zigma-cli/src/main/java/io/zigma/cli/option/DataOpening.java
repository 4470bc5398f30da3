package io.zigma.cli.option;

import io.zigma.base.Amount;
import io.zigma.base.SampleShape;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.ReadingProgress;
import io.zigma.codec.PixelCodec;
import io.zigma.condition.ClassNames;
import io.zigma.media.PictureFormat;
import io.zigma.train.data.ClipOptions;
import io.zigma.train.data.DatasetOptions;
import io.zigma.train.data.Datasets;
import io.zigma.train.data.IdxFolder;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.data.LatentIndex;
import io.zigma.train.data.PictureShards;
import io.zigma.train.data.SkippedFile;
import io.zigma.train.data.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Opens the data sets of the options, for a new run as for what is there already, and says what was
 * found.
 */
public final class DataOpening {

    /** So many files that were left out are named; of more, only the number is given. */
    private static final int NAMED = 10;

    private final DataOptions given;
    private final Console console;

    /**
     * Prepares to open.
     *
     * @param given the options
     * @param console where it is said what was found, and what was left out
     */
    public DataOpening(DataOptions given, Console console) {
        this.given = given;
        this.console = console;
    }

    /**
     * Opens a data set for a new run.
     *
     * @return the pictures, clips or latents of the options
     * @throws UsageException if the options do not fit the files
     * @throws IOException if there is no data set
     */
    public ImageDataset ofNewRun() throws IOException {
        Path folder = given.folder();
        boolean idx = IdxFolder.isIn(folder);
        DatasetOptions options =
                given.datasetOptions(given.unconditional()).withLabels(given.labels());
        if (LatentIndex.isBegunIn(folder)) {
            given.requireNoFormat(folder);
            return opened(folder, options);
        }
        Optional<DataOptions.Size> size = given.size();
        Optional<Integer> channels = given.channels();
        if (!idx || size.isPresent()) {
            DataOptions.Size side =
                    size.orElse(
                            new DataOptions.Size(
                                    DataOptions.DEFAULT_SIDE, DataOptions.DEFAULT_SIDE));
            options =
                    options.withFormat(
                            new PictureFormat(
                                    channels.orElse(idx ? 1 : 3), side.height(), side.width()));
        } else if (channels.isPresent()) {
            throw new UsageException("--channels needs --image-size beside it for IDX files");
        }
        return opened(folder, withClips(options, idx, given.clips().ofNewRun()));
    }

    private static DatasetOptions withClips(
            DatasetOptions options, boolean idx, Optional<ClipOptions> clips) {
        if (clips.isPresent() && idx) {
            throw new UsageException("IDX files hold pictures, no clips; leave out --frames");
        }
        return clips.map(options::withClips).orElse(options);
    }

    /**
     * Opens the data set as a run has it.
     *
     * @param sample the size of the run's pictures or videos
     * @param before how the run reads clips, if that is known
     * @param names the run's classes
     * @return the data set
     * @throws UsageException if the options require something else
     * @throws IOException if there is none
     */
    public ImageDataset ofRun(SampleShape sample, Optional<ClipOptions> before, List<String> names)
            throws IOException {
        if (LatentIndex.isBegunIn(given.folder())) {
            given.requireNoFormat(given.folder());
            return opened(given.folder(), given.datasetOptions(names.isEmpty()));
        }
        PictureFormat format = format(sample);
        given.requireAsBefore(format, names);
        Path folder = given.folder();
        DatasetOptions options =
                withClips(
                        given.datasetOptions(names.isEmpty()).withFormat(format),
                        IdxFolder.isIn(folder),
                        given.clips().ofModel(sample.frames(), before));
        return opened(folder, namesClasses(folder) ? options.withLabels(names) : options);
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
                            .formatted(sample, given.folder()));
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
    public Optional<ImageDataset> tests(Optional<Path> folder, ImageDataset training)
            throws IOException {
        PictureFormat format =
                new PictureFormat(training.channels(), training.height(), training.width());
        DatasetOptions options =
                given.datasetOptions(training.labels().isEmpty()).withFormat(format);
        options = training.clips().map(options::withClips).orElse(options);
        Path own = folder.orElseGet(given::folder);
        List<String> names =
                own.equals(given.folder()) ? training.labels() : idxNames(own, training.labels());
        if (IdxFolder.isIn(own, Split.TEST)) {
            options = options.withSplit(Split.TEST).withLabels(names);
        } else if (folder.isEmpty()) {
            return Optional.empty();
        } else if (IdxFolder.isIn(own)) {
            options = options.withLabels(names);
        }
        return Optional.of(opened(own, options));
    }

    /**
     * Opens the data set that a model's pictures are compared with.
     *
     * @param sample the size of the model's pictures or videos
     * @param before how the clips were read that it was trained on, if that is known
     * @param names the model's classes
     * @return the pictures; the classes of IDX files, which are numbers, have the names that {@link
     *     DataOptions#labels()} says, else those that lie beside them, else the model's in their
     *     order
     * @throws IOException if there is none
     */
    public ImageDataset toCompare(
            SampleShape sample, Optional<ClipOptions> before, List<String> names)
            throws IOException {
        Path folder = given.folder();
        DatasetOptions options =
                withClips(
                        DatasetOptions.defaults()
                                .withFormat(
                                        new PictureFormat(
                                                sample.channels(),
                                                sample.height(),
                                                sample.width())),
                        IdxFolder.isIn(folder),
                        given.clips().ofModel(sample.frames(), before));
        return opened(
                folder,
                IdxFolder.isIn(folder) ? options.withLabels(idxNames(folder, names)) : options);
    }

    /**
     * Opens pictures that are to be evaluated.
     *
     * @param folder holds them
     * @param format what they are brought to; clips with the options of clips
     * @return the pictures
     * @throws IOException if there are none
     */
    public ImageDataset samples(Path folder, PictureFormat format) throws IOException {
        DatasetOptions options =
                withClips(
                        DatasetOptions.defaults().withFormat(format),
                        IdxFolder.isIn(folder),
                        given.clips().ofNewRun());
        return opened(
                folder, IdxFolder.isIn(folder) ? options.withLabels(given.labels()) : options);
    }

    /**
     * Returns what the classes of IDX files are called, none for what the files say themselves.
     *
     * @param names what they are called if they have no names: not if one of these is a number, for
     *     then the class 3 is the one of that name, at any position
     */
    private List<String> idxNames(Path folder, List<String> names) {
        if (!given.labels().isEmpty()) {
            return given.labels();
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
     * @return the data set
     * @throws UsageException if the options give another size or other channels
     * @throws IOException if there is no data set
     */
    public ImageDataset forModel(
            SampleShape sample, Optional<ClipOptions> before, boolean unconditional, Path model)
            throws IOException {
        boolean everything = unconditional || given.unconditional();
        if (LatentIndex.isBegunIn(given.folder())) {
            given.requireNoFormat(given.folder());
            return opened(
                    given.folder(), given.datasetOptions(everything).withLabels(given.labels()));
        }
        PictureFormat format = format(sample);
        given.requireTheModels(format, model);
        return opened(
                given.folder(),
                withClips(
                        given.datasetOptions(everything)
                                .withFormat(format)
                                .withLabels(given.labels()),
                        IdxFolder.isIn(given.folder()),
                        given.clips().ofModel(sample.frames(), before)));
    }

    /** Opens a data set, and says what it holds and which files were left out. */
    private ImageDataset opened(Path folder, DatasetOptions options) throws IOException {
        ImageDataset data;
        try (ReadingProgress progress = new ReadingProgress(console)) {
            data = given.captioned(Datasets.open(folder, options.withListener(progress)));
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
}
