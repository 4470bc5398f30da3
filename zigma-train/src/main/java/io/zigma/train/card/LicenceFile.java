package io.zigma.train.card;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The licences that lie beside pictures, as {@code zigma data} and many a data set have them: what
 * must be said of the pictures must be said of a model that was trained on them, too.
 */
public final class LicenceFile {

    private static final List<String> NAMES =
            List.of("LICENSES.md", "LICENSE.md", "LICENSE.txt", "LICENSE");

    private static final long LARGEST = 65_536;

    private LicenceFile() {}

    /**
     * Reads the licences of a data set.
     *
     * @param data its folder, or one of its parts, whose licences lie one folder above it
     * @return the text of {@code LICENSES.md}, {@code LICENSE.md}, {@code LICENSE.txt} or {@code
     *     LICENSE}; empty where there is none, or one that is larger than 64 KiB or cannot be read
     */
    public static Optional<String> beside(Path data) {
        Path own = data.toAbsolutePath().normalize();
        if (!Files.isDirectory(own)) {
            return Optional.empty();
        }
        Optional<String> inside = in(own);
        // an album in someone's home folder has nothing to do with a licence there
        boolean part = Files.isRegularFile(own.resolve("metadata.jsonl"));
        return inside.isPresent() || !part || own.getParent() == null
                ? inside
                : in(own.getParent());
    }

    private static Optional<String> in(Path folder) {
        for (String name : NAMES) {
            Path file = folder.resolve(name);
            try {
                if (Files.isRegularFile(file) && Files.size(file) <= LARGEST) {
                    String text = Files.readString(file, StandardCharsets.UTF_8).strip();
                    if (!text.isEmpty()) {
                        return Optional.of(text);
                    }
                }
            } catch (IOException e) {
                return Optional.empty(); // the pictures themselves may still be read
            }
        }
        return Optional.empty();
    }

    /**
     * Writes licences of more than one line as the last section of a card.
     *
     * @param licence the text, Markdown or plain
     * @return the section, whose headings are below that of the section; empty for licences of one
     *     line, which stand among the facts
     */
    public static String section(String licence) {
        if (isShort(licence)) {
            return "";
        }
        StringBuilder section = new StringBuilder("\n## Licences of the data\n\n");
        licence.lines()
                .map(line -> line.startsWith("#") ? "##" + line : line)
                .forEach(line -> section.append(line).append('\n'));
        return section.toString();
    }

    /**
     * Returns what a report says of licences.
     *
     * @param licence the text
     * @return all of it if it is short, else its first line and how many there are
     */
    public static String title(String licence) {
        if (isShort(licence)) {
            return licence;
        }
        String first = licence.lines().findFirst().orElse("").replaceFirst("^#+ *", "");
        return "%s (%s lines, in the card)".formatted(first, licence.lines().count());
    }

    /**
     * Returns whether a licence is a fact of one line.
     *
     * @param licence the text
     * @return false if it needs a section of its own
     */
    public static boolean isShort(String licence) {
        return licence.lines().count() <= 1;
    }
}
