package io.zigma.cli.command;

import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.CodecOptions;
import io.zigma.cli.option.UsageException;
import io.zigma.codec.CodecReference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The codec whose latents an imported model makes, which no official file names: {@code import
 * --codec}.
 *
 * @param folder the codec's folder
 */
record ImportedCodec(CodecFolder folder) {

    /**
     * Opens the codec that was named, if one was.
     *
     * @throws IOException if its folder holds none that can be read
     */
    static Optional<ImportedCodec> of(Arguments arguments) throws IOException {
        Optional<Path> named = arguments.path(CodecOptions.CODEC);
        return named.isEmpty()
                ? Optional.empty()
                : Optional.of(new ImportedCodec(CodecFolder.open(named.get())));
    }

    /**
     * Names the codec in a checkpoint's description.
     *
     * @param config what is known of the model
     * @param file where it comes from, for refusals
     * @return a changed copy
     * @throws UsageException if the codec does not decode the model's samples, or the model names
     *     another
     */
    CheckpointConfig namedIn(CheckpointConfig config, Path file) {
        try {
            folder.spec().pixelsOf(config.model().sample());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new UsageException(
                    "%s makes samples of %s, which the codec %s does not decode: %s"
                            .formatted(
                                    file, config.model().sample(), folder.path(), e.getMessage()));
        }
        CodecReference reference = folder.reference();
        Optional<CodecReference> own = config.codec().filter(CodecReference::isFolder);
        if (own.isPresent() && !own.get().hash().equals(reference.hash())) {
            throw new UsageException(
                    "%s names %s as its codec; leave out %s"
                            .formatted(
                                    file,
                                    own.get().name(),
                                    Arguments.spelling(CodecOptions.CODEC)));
        }
        return config.withCodec(reference);
    }
}
