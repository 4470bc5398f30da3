package io.zigma.cli.command;

import io.zigma.cli.option.Suggestions;
import io.zigma.cli.option.UsageException;
import io.zigma.emoji.EmojiSet;
import io.zigma.io.TextFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The file that says which things a data set shows. */
final class ThingList {

    private static final long LARGEST = 1 << 20;

    private ThingList() {}

    /**
     * Reads names, a line each or with commas between them; what follows {@code #} in a line is
     * passed over.
     *
     * @return at least one name, each of {@link EmojiSet#things()}
     * @throws UsageException if one is none, or there is none
     * @throws IOException if the file cannot be read or is no text
     */
    static Set<String> read(Path file) throws IOException {
        List<String> known = EmojiSet.things();
        Set<String> things = new LinkedHashSet<>();
        for (String line : TextFile.read(file, "a list of things", LARGEST).lines().toList()) {
            for (String word : line.replaceFirst("#.*", "").split(",", -1)) {
                String name = word.strip();
                if (!name.isEmpty()) {
                    requireKnown(name, known, file);
                    things.add(name);
                }
            }
        }
        if (things.isEmpty()) {
            throw new UsageException(
                    "%s names no thing; write one a line, such as '%s'"
                            .formatted(file, known.get(0)));
        }
        return things;
    }

    private static void requireKnown(String name, List<String> known, Path file) {
        if (!known.contains(name)) {
            throw new UsageException(
                    "%s: there is no drawing of '%s'%s; names are those of the captions, one a line or with commas between them"
                            .formatted(file, name, Suggestions.didYouMean(name, known)));
        }
    }
}
