package io.zigma.cli.option;

import ai.djl.Device;
import io.zigma.cli.terminal.Console;
import io.zigma.io.UserCache;
import io.zigma.text.TextEncoder;
import io.zigma.text.TextEncoders;
import io.zigma.train.data.ImageDataset;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.commons.cli.Option;

/** The options that have a model learn from the pictures' captions. */
public final class CaptionOptions {

    /** Captions of a few words, such as those that MiniLM is good for, fit in it. */
    private static final int DEFAULT_TOKENS = 24;

    /** A text has a token for its beginning and one for its end. */
    private static final int FEWEST_TOKENS = 2;

    private static final String CAPTIONS = "captions";

    static final Option TEXT_ENCODER =
            Flags.value(
                    null,
                    "text-encoder",
                    "NAME",
                    "condition the model on the pictures' captions, as this text encoder reads them:"
                            + " minilm-l6, or the folder of one; with --resume and --from only where"
                            + " the run's own encoder is");
    static final Option TEXT_TOKENS =
            Flags.value(
                    null,
                    "text-tokens",
                    "N",
                    "with --text-encoder: tokens that a caption is cut to, beginning and end"
                            + " included; default "
                            + DEFAULT_TOKENS);

    public static final Option CAPTION_CACHE =
            Flags.value(
                    null,
                    "caption-cache",
                    "DIR",
                    "where encoded captions are stored for this run and others; default: captions in"
                            + " $ZIGMA_CACHE_DIR or in the user's cache folder, else in the run's"
                            + " folder");

    /** Where a run's text encoder and encoded captions are. */
    public static final OptionSection PLACES =
            OptionSection.of("Where captions are encoded", TEXT_ENCODER, CAPTION_CACHE);

    private final Arguments arguments;

    public CaptionOptions(Arguments arguments) {
        this.arguments = arguments;
    }

    /**
     * Refuses what is wrong of a new run, whatever its data is.
     *
     * @throws UsageException if the options do not fit together
     */
    void check() {
        checkTokens();
        if (given() && arguments.has(ObjectiveOptions.UNCONDITIONAL)) {
            throw new UsageException(
                    "--unconditional leaves captions out, --text-encoder is for them; leave one out");
        }
    }

    /** Makes the option that {@link #open} reads, for another command. */
    public static Option textEncoder(String meaning) {
        return Flags.value(null, "text-encoder", "NAME", meaning);
    }

    /** Makes the option that {@link #tokens} reads, for another command. */
    public static Option textTokens(String meaning) {
        return Flags.value(null, "text-tokens", "N", meaning + "; default " + DEFAULT_TOKENS);
    }

    /**
     * Refuses a number of tokens that cannot be meant.
     *
     * @throws UsageException if there is one without a text encoder, or it is out of range
     */
    public void checkTokens() {
        if (arguments.has(TEXT_TOKENS) && !given()) {
            throw new UsageException(
                    "--text-tokens goes with --text-encoder; add it, or leave it out");
        }
        tokens(0);
    }

    /** Returns whether a text encoder was named. */
    public boolean given() {
        return arguments.has(TEXT_ENCODER);
    }

    /**
     * Returns how many tokens a caption is cut to.
     *
     * @param fallback the number without the option, 0 for the default
     * @throws UsageException if a caption cannot have so many
     */
    public int tokens(int fallback) {
        return arguments.integer(
                TEXT_TOKENS, FEWEST_TOKENS, fallback > 0 ? fallback : DEFAULT_TOKENS);
    }

    /**
     * Opens the text encoder that was named.
     *
     * @param device where it is to compute
     * @return the encoder, to be closed
     * @throws UsageException if there is none of that name
     * @throws IOException if it cannot be read
     */
    public TextEncoder open(Device device) throws IOException {
        try {
            return TextEncoders.open(arguments.requiredText(TEXT_ENCODER), device);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /**
     * Returns where encoded captions are stored.
     *
     * @param run the run's folder
     * @return a folder that may not exist
     * @throws UsageException if the option's value is no path
     */
    public Path cache(Path run) {
        return arguments
                .path(CAPTION_CACHE)
                .or(() -> UserCache.folder(System.getenv()).map(folder -> folder.resolve(CAPTIONS)))
                .orElseGet(() -> run.resolve(CAPTIONS));
    }

    /**
     * Refuses data without captions where there is a text encoder, and says so where there are
     * captions and no text encoder.
     *
     * @param data what a new run is trained on
     * @param console where to say it
     * @throws UsageException if there is nothing for the text encoder to read
     */
    public void requireFit(ImageDataset data, Console console) {
        if (given() && !data.captioned()) {
            throw new UsageException(
                    "%s has no captions for --text-encoder; put a NAME.txt with one beside each picture NAME.png, or leave it out"
                            .formatted(data.name()));
        }
        if (!given() && data.captioned()) {
            console.say(
                    "%s has captions, which this model does not learn from; --text-encoder minilm-l6 conditions it on them"
                            .formatted(data.name()));
        }
    }
}
