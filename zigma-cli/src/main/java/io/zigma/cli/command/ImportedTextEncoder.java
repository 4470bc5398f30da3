package io.zigma.cli.command;

import ai.djl.Device;
import io.zigma.backbone.BackboneSpec;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.PromptOptions;
import io.zigma.cli.option.UsageException;
import io.zigma.condition.ByText;
import io.zigma.text.TextEncoder;
import io.zigma.text.TextEncoderReference;
import io.zigma.text.TextEncoders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The text encoder that an imported model was trained with, which no official file names: {@code
 * import --text-encoder}.
 *
 * @param reference its name and hash
 * @param size numbers in one of its tokens
 * @param maxTokens the longest text that it takes
 */
record ImportedTextEncoder(TextEncoderReference reference, int size, int maxTokens) {

    /**
     * Opens the encoder that was named, if one was.
     *
     * @throws UsageException if there is none of that name
     * @throws IOException if its folder holds none that can be read
     */
    static Optional<ImportedTextEncoder> of(Arguments arguments) throws IOException {
        Optional<String> named = arguments.text(PromptOptions.TEXT_ENCODER);
        if (named.isEmpty()) {
            return Optional.empty();
        }
        try (TextEncoder encoder = TextEncoders.open(named.get(), Device.cpu())) {
            return Optional.of(
                    new ImportedTextEncoder(
                            encoder.reference(), encoder.size(), encoder.maxTokens()));
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "%s: %s"
                            .formatted(
                                    Arguments.spelling(PromptOptions.TEXT_ENCODER),
                                    e.getMessage()));
        }
    }

    /**
     * Names the encoder in a checkpoint's description, and how many tokens a text has.
     *
     * @param config what is known of the model
     * @param file where it comes from, for refusals
     * @return a changed copy
     * @throws UsageException if the model takes no texts, other tokens, or names another encoder
     */
    CheckpointConfig namedIn(CheckpointConfig config, Path file) {
        BackboneSpec model = config.model();
        int taken = model.conditioning().contextSize();
        if (taken == 0) {
            throw new UsageException(
                    "%s is not conditioned on text; leave out %s"
                            .formatted(file, Arguments.spelling(PromptOptions.TEXT_ENCODER)));
        }
        if (taken != size) {
            throw new UsageException(
                    "%s takes tokens of %s numbers, the text encoder %s makes them of %s; name the one that it was trained with"
                            .formatted(file, taken, reference.name(), size));
        }
        Optional<TextEncoderReference> own = config.textEncoder();
        if (own.isPresent() && !own.get().hash().equals(reference.hash())) {
            throw new UsageException(
                    "%s names %s as its text encoder; leave out %s"
                            .formatted(
                                    file,
                                    own.get().name(),
                                    Arguments.spelling(PromptOptions.TEXT_ENCODER)));
        }
        int tokens = model.conditioning().contextTokens();
        ByText conditioning =
                new ByText(size, tokens > 0 ? tokens : Math.min(ByText.CLIP_TOKENS, maxTokens));
        return new CheckpointConfig(
                model.with(model.signature().withConditioning(conditioning)),
                config.process(),
                config.labels(),
                config.codec(),
                Optional.of(reference),
                config.sampling(),
                config.training(),
                config.data());
    }
}
