package io.zigma.train.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The licences that lie beside pictures, as {@code zigma data} and many a data set have them: what
 * must be said of the pictures must be said of a model that was trained on them, too.
 */
public final class LicenceFile {

    /** The name that this program writes. */
    public static final String NAME = "LICENSES.md";

    private static final List<String> NAMES = List.of(NAME, "LICENSE.md", "LICENSE.txt", "LICENSE");

    private static final long LARGEST = 65_536;

    private LicenceFile() {}

    /**
     * Reads the licences of a data set.
     *
     * @param data its folder, one of its parts, or its archive or shards, whose {@code LICENSES.md}
     *     lies in the folder above them
     * @return the text of {@code LICENSES.md}, {@code LICENSE.md}, {@code LICENSE.txt} or {@code
     *     LICENSE}; empty where there is none of at most 64 KiB of UTF-8
     */
    public static Optional<String> beside(Path data) {
        Path own = data.toAbsolutePath();
        try {
            own = own.toRealPath();
        } catch (IOException e) {
            // a pattern of shards is no file
        }
        if (Files.isDirectory(own)) {
            Optional<String> inside = in(own, NAMES);
            if (inside.isPresent() || !isPart(own)) {
                return inside;
            }
        }
        // another licence there may be that of the program whose folder the pictures lie in
        return own.getParent() == null ? Optional.empty() : in(own.getParent(), List.of(NAME));
    }

    /** Returns whether a folder has captions, as the parts have that {@code zigma data} makes. */
    private static boolean isPart(Path folder) {
        return Files.isRegularFile(folder.resolve(MetadataFile.JSON_LINES))
                || Files.isRegularFile(folder.resolve(MetadataFile.CSV));
    }

    private static Optional<String> in(Path folder, List<String> names) {
        for (String name : names) {
            Path file = folder.resolve(name);
            try {
                if (Files.isRegularFile(file) && Files.size(file) <= LARGEST) {
                    String text = Files.readString(file).strip();
                    if (!text.isEmpty()) {
                        return Optional.of(text);
                    }
                }
            } catch (IOException e) {
                // no text; another file may be
            }
        }
        return Optional.empty();
    }

    /** Tells from its name whether a file is one. */
    static boolean isOne(String name) {
        return NAMES.stream().anyMatch(known -> known.equalsIgnoreCase(name));
    }

    /**
     * Writes a licence of one line as a fact of a card.
     *
     * @param licence the text
     * @return a line that ends; empty for no licence, and for one that is a {@link #section}
     */
    public static String fact(String licence) {
        return licence.isEmpty() || !isShort(licence) ? "" : "- licence: " + licence + "\n";
    }

    /**
     * Writes licences of more than one line as the last section of a card.
     *
     * @param licence the text, Markdown or plain
     * @return the section, whose headings are below that of the section; empty for licences of one
     *     line, which are a {@link #fact}
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
        return "%s (%s lines, in its README.md)".formatted(first, licence.lines().count());
    }

    private static boolean isShort(String licence) {
        return licence.lines().count() <= 1;
    }
}
