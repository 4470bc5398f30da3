package io.zigma.cli.command;

import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.condition.Conditioning;
import io.zigma.text.TextEncoderReference;
import io.zigma.text.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The output of {@code zigma info} for a text model's conditioning. */
final class TextReport {

    /** So many words give an idea of the rest. */
    private static final int EXAMPLES = 24;

    // beside the title a line ends at column 100
    private static final int WIDTH = 85;

    private TextReport() {}

    /**
     * Returns what can be asked for and who encodes it.
     *
     * @param config of a model that is conditioned on text
     * @return rows of the report
     */
    static List<String> rows(CheckpointConfig config) {
        List<String> rows = new ArrayList<>();
        Conditioning conditioning = config.model().conditioning();
        Optional<TextEncoderReference> encoder = config.textEncoder();
        rows.add(
                InfoCommand.row(
                        "understands",
                        "text, tokens of %d numbers%s",
                        conditioning.contextSize(),
                        conditioning.contextTokens() > 0
                                ? ", at most %s a prompt".formatted(conditioning.contextTokens())
                                : ""));
        rows.add(
                encoder.isPresent()
                        ? InfoCommand.row(
                                "text encoder",
                                "%s, SHA-256 %s",
                                encoder.get().name(),
                                encoder.get().hash())
                        : InfoCommand.row(
                                "text encoder",
                                "%s",
                                "not named: give it with --text-encoder, or the tokens with"
                                        + " --text-tokens"));
        Vocabulary.read(config.data()).ifPresent(vocabulary -> rows.addAll(words(vocabulary)));
        return rows;
    }

    private static List<String> words(Vocabulary vocabulary) {
        List<String> rows = new ArrayList<>();
        rows.add(
                InfoCommand.row(
                        "words",
                        "%,d%s in the captions that it was trained on, such as",
                        vocabulary.size(),
                        vocabulary.size() == 1 ? " word" : " different ones"));
        for (String line : wrapped(vocabulary.examples(EXAMPLES))) {
            rows.add(InfoCommand.row("", "%s", line));
        }
        return rows;
    }

    private static List<String> wrapped(List<String> words) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i) + (i < words.size() - 1 ? "," : "");
            if (line.length() > 0 && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
