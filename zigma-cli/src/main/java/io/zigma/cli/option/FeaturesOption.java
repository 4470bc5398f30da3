package io.zigma.cli.option;

import io.zigma.base.SampleShape;
import io.zigma.eval.feature.I3d;
import io.zigma.eval.feature.OfficialExtractor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.cli.Option;

/** {@code --features}: whose features distances are taken from, if not the classifier's. */
public final class FeaturesOption {

    /** Where weights that the user got belong. */
    private static final Path FOLDER = Path.of("models", "extractors");

    static final Option FEATURES =
            Flags.value(
                    null,
                    "features",
                    "NAME",
                    "take distances from another network's features: "
                            + String.join(", ", OfficialExtractor.labels())
                            + " with its weights in "
                            + FOLDER
                            + ", or the file of such weights");

    private FeaturesOption() {}

    /**
     * Returns the weights that were asked for, which exist but are not yet read whole.
     *
     * @param sample the size of the pictures or clips that the network must take
     * @throws UsageException if the network does not take such
     * @throws IOException if the weights are not there, or of no network that is known; the message
     *     names their source
     */
    public static Optional<Path> file(Arguments arguments, SampleShape sample) throws IOException {
        Optional<String> given = arguments.text(FEATURES);
        if (given.isEmpty()) {
            return Optional.empty();
        }
        Optional<OfficialExtractor> named = OfficialExtractor.named(given.get());
        if (named.isPresent()) {
            requireFit(named.get().takesClips(), sample);
            return Optional.of(named.get().fileIn(FOLDER));
        }
        Path file = arguments.requiredPath(FEATURES);
        if (!Files.isRegularFile(file)) {
            throw new UsageException(
                    "--features knows no network or file '%s'%s (%s)"
                            .formatted(
                                    given.get(),
                                    Suggestions.didYouMean(given.get(), OfficialExtractor.labels()),
                                    String.join(", ", OfficialExtractor.labels())));
        }
        requireFit(OfficialExtractor.takesClips(file), sample);
        return Optional.of(file);
    }

    private static void requireFit(boolean takesClips, SampleShape sample) {
        if (takesClips && !sample.isVideo()) {
            throw new UsageException(
                    "--features names a network of clips, and these are pictures; use "
                            + String.join(
                                    " or ",
                                    OfficialExtractor.labels(
                                            extractor -> !extractor.takesClips())));
        }
        if (!takesClips && sample.isVideo()) {
            throw new UsageException(
                    "--features names a network of pictures, and these are clips; use %s, or a classifier of clips (--classifier, zigma train-classifier --frames %s)"
                            .formatted(
                                    String.join(
                                            " or ",
                                            OfficialExtractor.labels(
                                                    OfficialExtractor::takesClips)),
                                    sample.frames()));
        }
        if (takesClips && sample.frames() < I3d.FEWEST_FRAMES) {
            throw new UsageException(
                    "--features: %s takes clips of at least %s frames, and these have %s; use a classifier of clips (--classifier, zigma train-classifier --frames %s)"
                            .formatted(
                                    OfficialExtractor.I3D.label(),
                                    I3d.FEWEST_FRAMES,
                                    sample.frames(),
                                    sample.frames()));
        }
    }
}
