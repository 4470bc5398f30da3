package io.zigma.cli.option;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.condition.Prompt;
import io.zigma.condition.TextTokensFile;
import io.zigma.diffusion.GuidanceStrength;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.cli.Option;

/** The options that say what pictures show, as far as the model has a condition for it. */
public final class SubjectOptions {

    private static final int MOST_PICTURES = 100_000;

    /** So many classes are named where one is to be chosen. */
    private static final int FEW = 12;

    public static final Option CLASS =
            Flags.value(
                    "c",
                    "class",
                    "CLASS",
                    "class by name, or by number from 0 on if no name is a number; default: the"
                            + " all classes cyclically");
    public static final Option TEXT_TOKENS =
            Flags.value(
                    null,
                    "text-tokens",
                    "FILE",
                    "texts for a text model as a text encoder's tokens: a safetensors file with one"
                            + " tensor (n, d), or (B, n, d) for several texts, and for guidance a"
                            + " tensor '"
                            + TextTokensFile.NULL_TEXT
                            + "' for the empty text");
    public static final Option COUNT =
            Flags.value(
                    "n",
                    "count",
                    "N",
                    "how many pictures of each prompt, default 1; without a prompt how many in all,"
                            + " default 1, or one for each text of --text-tokens");

    private final Arguments arguments;
    private final PromptOptions prompts;

    public SubjectOptions(Arguments arguments) {
        this.arguments = arguments;
        this.prompts = new PromptOptions(arguments);
    }

    /**
     * Refuses what is wrong whatever the checkpoint is.
     *
     * @throws UsageException if a value cannot be meant
     */
    public void check() {
        count(1);
        prompts.check();
        if (prompts.given() && arguments.has(TEXT_TOKENS)) {
            throw new UsageException(
                    "a text comes in words or as tokens; leave out %s or --text-tokens"
                            .formatted(Arguments.spelling(prompts.asking())));
        }
        if (prompts.given() && arguments.has(CLASS)) {
            throw new UsageException(
                    "a model follows a class or a text; leave out --class or %s"
                            .formatted(Arguments.spelling(prompts.asking())));
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
        if (checkpoint.config().model().conditioning().contextSize() > 0) {
            return texts(file, checkpoint);
        }
        requireNoText(checkpoint);
        return classes(checkpoint);
    }

    private void requireNoText(CheckpointFolder checkpoint) {
        List<String> labels = checkpoint.config().labels();
        for (Option option :
                List.of(
                        PromptOptions.PROMPT,
                        PromptOptions.PROMPTS,
                        PromptOptions.TEXT_ENCODER,
                        TEXT_TOKENS)) {
            if (arguments.has(option)) {
                throw new UsageException(
                        "%s is not conditioned on text; leave out %s%s"
                                .formatted(
                                        checkpoint.path(),
                                        Arguments.spelling(option),
                                        labels.isEmpty() || option.equals(TEXT_TOKENS)
                                                ? ""
                                                : ", choose a class with --class (%s)"
                                                        .formatted(some(labels))));
            }
        }
    }

    static String some(List<String> labels) {
        return labels.size() <= FEW
                ? String.join(", ", labels)
                : "%s, … of %s".formatted(String.join(", ", labels.subList(0, FEW)), labels.size());
    }

    private int count(int fallback) {
        return arguments.integer(COUNT, 1, MOST_PICTURES, fallback);
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

    /** Returns so many pictures of each prompt, those of one prompt after each other. */
    private List<Prompt> words(boolean encodes, int contextSize, CheckpointFolder checkpoint)
            throws IOException {
        if (!encodes) {
            throw new UsageException(
                    "%s does not contain the name of its text encoder: give it with --text-encoder DIR, or give tokens of %s numbers with --text-tokens FILE.safetensors"
                            .formatted(checkpoint.path(), contextSize));
        }
        List<Prompt> texts = prompts.prompts();
        int each = count(1);
        if ((long) each * texts.size() > MOST_PICTURES) {
            throw new UsageException(
                    "%s pictures of each of %s prompts are more than %s; request fewer at once"
                            .formatted(each, texts.size(), MOST_PICTURES));
        }
        return texts.stream().flatMap(text -> Collections.nCopies(each, text).stream()).toList();
    }

    private List<Prompt> texts(Optional<Path> file, CheckpointFolder checkpoint)
            throws IOException {
        int contextSize = checkpoint.config().model().conditioning().contextSize();
        boolean encodes =
                checkpoint.config().textEncoder().isPresent()
                        || arguments.has(PromptOptions.TEXT_ENCODER);
        if (prompts.given()) {
            return words(encodes, contextSize, checkpoint);
        }
        if (file.isEmpty() || arguments.has(CLASS)) {
            throw new UsageException(
                    "%s is conditioned on text: %s%s"
                            .formatted(
                                    checkpoint.path(),
                                    encodes
                                            ? "describe the picture with --prompt TEXT, or"
                                                    + " --prompts FILE"
                                            : ("describe the picture with --prompt TEXT and the"
                                                            + " text encoder with --text-encoder DIR, or"
                                                            + " give tokens of %s numbers with --text-tokens"
                                                            + " FILE.safetensors")
                                                    .formatted(contextSize),
                                    arguments.has(CLASS) ? ", in place of --class" : ""));
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
