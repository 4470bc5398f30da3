package io.zigma.cli.option;

import io.zigma.eval.attribute.PromptSet;
import io.zigma.eval.attribute.PromptSet.Asked;
import io.zigma.io.OutputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Prompts from a file or from standard input, as {@link PromptSet} reads them. */
final class PromptLines {

    private static final int MOST_BYTES = (64 << 20) + 1;

    private PromptLines() {}

    /**
     * Reads prompts.
     *
     * @param file or {@code -} for standard input
     * @return at least one
     * @throws IOException if it cannot be read, is no text, or holds none
     */
    static List<String> read(Path file) throws IOException {
        PromptSet set =
                OutputFile.isStandardOutput(file)
                        ? PromptSet.of(System.in.readNBytes(MOST_BYTES), "standard input")
                        : PromptSet.read(file);
        return set.prompts().stream().map(Asked::text).toList();
    }
}
