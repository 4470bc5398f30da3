package io.zigma.cli.option;

import io.zigma.condition.Prompt;
import io.zigma.pipeline.TextEncoderSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.Option;

/** The options that say in words what pictures show. */
public final class PromptOptions {

    public static final Option PROMPT =
            Flags.value(
                    "p", "prompt", "TEXT", "prompt of a text model; may be given several times");
    public static final Option PROMPTS =
            Flags.value(
                    null,
                    "prompts",
                    "FILE",
                    "prompts from a text file, one a line, or of a .jsonl file the field"
                            + " \"text\" of each line; - for lines on standard input. Blank lines"
                            + " and lines that begin with # are skipped");
    public static final Option NEGATIVE =
            Flags.value(
                    null,
                    "negative-prompt",
                    "TEXT",
                    "negative prompt: what guidance steers away from, in place of the empty text");
    public static final Option TEXT_ENCODER =
            Flags.value(
                    null,
                    "text-encoder",
                    "NAME|DIR",
                    "the text encoder that the model was trained with, by name, or its folder;"
                            + " default: the one that the checkpoint names");

    private final Arguments arguments;

    /**
     * Reads options.
     *
     * @param arguments what was given
     */
    public PromptOptions(Arguments arguments) {
        this.arguments = arguments;
    }

    /**
     * Refuses what is wrong whatever the checkpoint is.
     *
     * @throws UsageException if a value cannot be meant
     */
    void check() {
        if (arguments.has(NEGATIVE) && !given()) {
            throw new UsageException("--negative-prompt goes with a prompt; add --prompt");
        }
        if (arguments.text(TEXT_ENCODER).filter(String::isBlank).isPresent()) {
            throw new UsageException("--text-encoder is empty; it needs a name or a folder");
        }
        arguments.path(PROMPTS);
    }

    /** Returns whether something is asked for in words. */
    boolean given() {
        return arguments.has(PROMPT) || arguments.has(PROMPTS);
    }

    /** Returns the option of a prompt in words, for error messages. */
    Option asking() {
        return arguments.has(PROMPT) ? PROMPT : PROMPTS;
    }

    /**
     * Returns the prompts: those on the command line, then those in the file.
     *
     * @return at least one
     * @throws IOException if the file cannot be read or holds none
     */
    List<Prompt> prompts() throws IOException {
        List<String> texts = new ArrayList<>(arguments.texts(PROMPT));
        if (arguments.has(PROMPTS)) {
            texts.addAll(PromptLines.read(arguments.requiredPath(PROMPTS)));
        }
        Optional<String> negative = arguments.text(NEGATIVE);
        return texts.stream()
                .map(Prompt::ofText)
                .map(prompt -> negative.map(prompt::withNegativeText).orElse(prompt))
                .toList();
    }

    /**
     * Returns where the text encoder comes from.
     *
     * @param arguments what was given
     * @return the place that was named, or that of the checkpoint's own
     */
    public static TextEncoderSource textEncoder(Arguments arguments) {
        return arguments
                .text(TEXT_ENCODER)
                .map(TextEncoderSource::at)
                .orElse(TextEncoderSource.NAMED);
    }
}
