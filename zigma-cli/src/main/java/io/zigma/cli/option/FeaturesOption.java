package io.zigma.cli.option;

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
     * Returns the weights that were asked for, which exist but are not yet read.
     *
     * @throws IOException if they are not there; the message names their source
     */
    public static Optional<Path> file(Arguments arguments) throws IOException {
        Optional<String> given = arguments.text(FEATURES);
        if (given.isEmpty()) {
            return Optional.empty();
        }
        Optional<OfficialExtractor> named = OfficialExtractor.named(given.get());
        if (named.isPresent()) {
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
        return Optional.of(file);
    }
}
