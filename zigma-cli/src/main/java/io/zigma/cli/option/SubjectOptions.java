package io.zigma.cli.option;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.condition.Prompt;
import io.zigma.condition.TextTokensFile;
import io.zigma.diffusion.GuidanceStrength;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.cli.Option;

/** The options that say what pictures show, as far as the model has a condition for it. */
public final class SubjectOptions {

    private static final int MOST_PICTURES = 100_000;

    public static final Option CLASS =
            Flags.value(
                    "c",
                    "class",
                    "CLASS",
                    "class by name, or by number from 0 on if no name is a number; default: the"
                            + " classes in turn");
    public static final Option TEXT_TOKENS =
            Flags.value(
                    null,
                    "text-tokens",
                    "FILE",
                    "texts for a text model as a text encoder's tokens: a safetensors file with one"
                            + " tensor (n, d), or (B, n, d) for several in turn, and for guidance a"
                            + " tensor '"
                            + TextTokensFile.NULL_TEXT
                            + "' for the empty text");
    public static final Option PROMPT =
            Flags.value(
                    "p",
                    "prompt",
                    "TEXT",
                    "refused, as no text encoder is shipped: see --text-tokens");
    public static final Option COUNT =
            Flags.value("n", "count", "N", "how many pictures; default 1, or one for each text");

    private final Arguments arguments;

    public SubjectOptions(Arguments arguments) {
        this.arguments = arguments;
    }

    /**
     * Refuses what is wrong whatever the checkpoint is.
     *
     * @throws UsageException if a value cannot be meant
     */
    public void check() {
        count(1);
        if (arguments.has(PROMPT)) {
            throw new UsageException(
                    "--prompt needs a text encoder, and none is shipped; encode the text with the one"
                            + " that the model was trained with and give the tokens with"
                            + " --text-tokens FILE.safetensors");
        }
        if (arguments.has(CLASS) && arguments.has(TEXT_TOKENS)) {
            throw new UsageException("a model follows --class or --text-tokens; leave one out");
        }
    }

    /**
     * Returns what each picture is to show.
     *
     * @throws UsageException if the model has no such condition
     * @throws IOException if the file of tokens is not one for this model
     */
    public List<Prompt> subjects(CheckpointFolder checkpoint) throws IOException {
        Optional<Path> file = arguments.path(TEXT_TOKENS);
        int contextSize = checkpoint.config().model().conditioning().contextSize();
        if (contextSize > 0) {
            return texts(file, contextSize, checkpoint);
        }
        if (file.isPresent()) {
            throw new UsageException(
                    "%s is not conditioned on text; leave out --text-tokens"
                            .formatted(checkpoint.path()));
        }
        return classes(checkpoint);
    }

    private int count(int otherwise) {
        return arguments.integer(COUNT, 1, MOST_PICTURES, otherwise);
    }

    private List<Prompt> classes(CheckpointFolder checkpoint) {
        List<String> names = checkpoint.config().labels();
        Optional<Integer> chosen =
                arguments
                        .text(CLASS)
                        .map(given -> ClassChoice.parse(given, names, checkpoint.path()));
        return IntStream.range(0, count(1))
                .<Prompt>mapToObj(
                        i ->
                                names.isEmpty()
                                        ? Prompt.any()
                                        : Prompt.ofClass(chosen.orElse(i % names.size())))
                .toList();
    }

    private List<Prompt> texts(Optional<Path> file, int contextSize, CheckpointFolder checkpoint)
            throws IOException {
        if (file.isEmpty() || arguments.has(CLASS)) {
            throw new UsageException(
                    "%s is conditioned on text: give tokens of %s numbers with --text-tokens FILE.safetensors%s"
                            .formatted(
                                    checkpoint.path(),
                                    contextSize,
                                    arguments.has(CLASS) ? " in place of --class" : ""));
        }
        List<Prompt> texts = TextTokensFile.read(file.get());
        Prompt first = texts.get(0);
        if (first.tokens().size() != contextSize) {
            throw new IOException(
                    "%s has tokens of %s numbers, %s takes %s; use the text encoder that it was trained with"
                            .formatted(
                                    file.get(),
                                    first.tokens().size(),
                                    checkpoint.path(),
                                    contextSize));
        }
        GuidanceStrength guidance = new SamplingOptions(arguments).guidance(checkpoint);
        if (guidance.guides() && first.nullTokens() == null) {
            throw new UsageException(
                    "guidance %s needs the empty text's tokens as tensor '%s' in %s; put them there, or use --cfg-scale 1"
                            .formatted(guidance, TextTokensFile.NULL_TEXT, file.get()));
        }
        return IntStream.range(0, count(texts.size()))
                .<Prompt>mapToObj(i -> texts.get(i % texts.size()))
                .toList();
    }
}
