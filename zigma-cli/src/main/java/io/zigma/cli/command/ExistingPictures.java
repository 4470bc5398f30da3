package io.zigma.cli.command;

import io.zigma.base.Amount;
import io.zigma.base.SampleShape;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.DataOpening;
import io.zigma.cli.option.DataOptions;
import io.zigma.cli.option.EvaluationOptions;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.eval.Evaluation;
import io.zigma.eval.SampleArchive;
import io.zigma.eval.SampleSource;
import io.zigma.eval.Samples;
import io.zigma.eval.feature.ClassifierFolder;
import io.zigma.media.PictureFormat;
import io.zigma.train.data.ClipOptions;
import io.zigma.train.data.IdxFolder;
import io.zigma.train.data.ImageDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What {@code --samples} names: pictures that are there already, from whatever program.
 *
 * @param source what they are called
 * @param samples the pictures and their classes
 * @param labels the names of the classes, none where the pictures have none
 * @param clips how clips were read; empty for pictures
 */
record ExistingPictures(
        SampleSource source, Samples samples, List<String> labels, Optional<ClipOptions> clips) {

    private static final int COLOUR = 3;

    /**
     * Reads them.
     *
     * @throws UsageException if the options do not fit them
     * @throws IOException if they cannot be read, or are too few
     */
    static ExistingPictures open(Arguments arguments, EvaluationOptions options, Console console)
            throws IOException {
        Path path = options.samples().orElseThrow();
        if (!Files.exists(path)) {
            throw new IOException(
                    "there is no %s; --samples needs a folder of pictures or an .npz file"
                            .formatted(path));
        }
        DataOptions dataOptions = new DataOptions(arguments);
        ExistingPictures existing =
                Files.isDirectory(path)
                        ? ofFolder(path, options, dataOptions, console)
                        : ofArchive(path, dataOptions);
        if (existing.count() < Evaluation.FEWEST_SAMPLES) {
            throw new IOException(
                    "%s holds %s; at least %s are needed"
                            .formatted(
                                    path,
                                    Amount.of(existing.count(), "picture"),
                                    Evaluation.FEWEST_SAMPLES));
        }
        return existing;
    }

    /** Returns how many pictures there are. */
    int count() {
        return samples.pictures().count();
    }

    /** Returns the size of each picture or clip. */
    SampleShape format() {
        return samples.pictures().sample();
    }

    private static ExistingPictures ofFolder(
            Path folder, EvaluationOptions options, DataOptions dataOptions, Console console)
            throws IOException {
        ImageDataset data =
                new DataOpening(dataOptions, console)
                        .samples(folder, format(folder, options, dataOptions));
        Samples samples = Samples.existing(data);
        return new ExistingPictures(
                SampleSource.of(nameOf(folder), samples.pictures()),
                samples,
                data.labels(),
                data.clips());
    }

    /** Pictures are used in their size, if no other is given. */
    private static PictureFormat format(
            Path folder, EvaluationOptions options, DataOptions dataOptions) throws IOException {
        int channels = dataOptions.channels().orElse(channels(options));
        if (dataOptions.size().isPresent()) {
            DataOptions.Size size = dataOptions.size().get();
            return new PictureFormat(channels, size.height(), size.width());
        }
        if (dataOptions.ofClips()) {
            throw new UsageException(
                    "give the size that clips are brought to with --image-size, beside --frames");
        }
        if (IdxFolder.isIn(folder)) {
            throw new UsageException(
                    "%s holds IDX files; give the size of their pictures with --image-size"
                            .formatted(folder));
        }
        PictureSizes.Found size = PictureSizes.only(folder);
        return new PictureFormat(channels, size.height(), size.width());
    }

    /** A grey classifier takes pictures in grey. */
    private static int channels(EvaluationOptions options) throws IOException {
        return ClassifierFolder.isIn(options.classifier())
                ? ClassifierFolder.open(options.classifier()).config().channels()
                : COLOUR;
    }

    private static ExistingPictures ofArchive(Path file, DataOptions dataOptions)
            throws IOException {
        if (dataOptions.ofClips()) {
            throw new UsageException(
                    "%s holds pictures, no clips; leave out --frames".formatted(file));
        }
        if (!file.toString().endsWith(".npz")) {
            throw new IOException(
                    "%s is neither a folder of pictures nor an .npz file".formatted(file));
        }
        if (dataOptions.size().isPresent() || dataOptions.channels().isPresent()) {
            throw new UsageException(
                    "--image-size and --channels are for a folder of pictures; those of %s are as they are"
                            .formatted(file));
        }
        SampleArchive archive = SampleArchive.read(file);
        Samples samples = Samples.existing(archive);
        return new ExistingPictures(
                SampleSource.of(nameOf(file), samples.pictures()),
                samples,
                names(file, archive, dataOptions.labels()),
                Optional.empty());
    }

    /** Class numbers are named by --labels, else by their digits. */
    private static List<String> names(Path file, SampleArchive archive, List<String> given) {
        int highest = Arrays.stream(archive.labels()).max().orElse(Samples.NO_CLASS);
        if (highest == Samples.NO_CLASS) {
            return List.of();
        }
        if (given.isEmpty()) {
            return IntStream.rangeClosed(0, highest).mapToObj(Integer::toString).toList();
        }
        if (highest >= given.size()) {
            throw new UsageException(
                    "%s has class numbers up to %s, --labels only names for 0 to %s"
                            .formatted(file, highest, given.size() - 1));
        }
        return given;
    }

    private static String nameOf(Path path) {
        return String.valueOf(path.toAbsolutePath().normalize().getFileName());
    }
}
