package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.terminal.ExitStatus;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Works where the default locale has digits of its own, which no file may show. */
class FilesInAnyLocaleTest {

    private final Locale before = Locale.getDefault(Locale.Category.FORMAT);

    @TempDir Path folder;

    @BeforeEach
    void speakArabic() {
        Locale.setDefault(Locale.Category.FORMAT, Locale.forLanguageTag("ar-EG"));
        assertThat(String.format(Locale.getDefault(Locale.Category.FORMAT), "%d", 3))
                .as("this locale's three")
                .isNotEqualTo("3");
    }

    @AfterEach
    void speakAsBefore() {
        Locale.setDefault(Locale.Category.FORMAT, before);
    }

    @Test
    void aTrainingAnExportAndAReportHaveTheSameDigitsEverywhere() throws IOException {
        Path data = TinyData.idx(folder.resolve("data"));
        Files.copy(data.resolve("train-images-idx3-ubyte"), data.resolve("t10k-images-idx3-ubyte"));
        Files.copy(
                data.resolve("train-labels-idx1-ubyte.gz"),
                data.resolve("t10k-labels-idx1-ubyte.gz"));
        zigma(
                "train --data data --out run --steps 2 --hidden-size 16 --depth 1 --patch-size 4"
                        + " --batch-size 4 --sample-every 2 --sample-steps 1");
        zigma("export -m run -o exported");
        zigma("train-classifier --data data --out judge --steps 2 --batch-size 4");
        zigma(
                "evaluate -m exported --data data --judge judge -n 10 --seeds 1 --steps 1"
                        + " --cache cache --html report.html");

        assertThat(foreignDigits()).isEmpty();
    }

    /** Runs the command as a program in its own process never is: without the locale it sets. */
    private void zigma(String words) {
        ConsoleOfTest test = ConsoleOfTest.plain();
        List<String> files = List.of("data", "run", "exported", "judge", "cache", "report.html");
        ExitStatus status =
                test.zigma(
                        Stream.of(words.split(" "))
                                .map(
                                        word ->
                                                files.contains(word)
                                                        ? folder.resolve(word).toString()
                                                        : word)
                                .toArray(String[]::new));
        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
    }

    /** Returns names and lines with digits other than 0 to 9. */
    private TreeMap<String, String> foreignDigits() throws IOException {
        TreeMap<String, String> found = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                String name = folder.relativize(file).toString();
                if (hasForeignDigit(name)) {
                    found.put(name, "its name");
                }
                if (Files.isRegularFile(file)) {
                    text(file)
                            .lines()
                            .filter(FilesInAnyLocaleTest::hasForeignDigit)
                            .forEach(line -> found.put(name, line));
                }
            }
        }
        return found;
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            return ""; // no text
        }
    }

    private static boolean hasForeignDigit(String text) {
        return text.chars().anyMatch(c -> c > 127 && Character.isDigit(c));
    }
}
