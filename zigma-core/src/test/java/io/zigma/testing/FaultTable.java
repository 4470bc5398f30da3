package io.zigma.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gathers the lines of all fault tests into one table, {@code target/faults/table.md} in the folder
 * of the whole project. The long run also puts it into {@code docs/reliability.md}, between its two
 * marks.
 *
 * <p>Each test class leaves its lines in a file, so that the table is whole however the classes are
 * shared out among Java machines.
 */
public final class FaultTable implements AfterAllCallback {

    private static final Path FOLDER =
            Path.of(System.getProperty("zigma.root"), "target", "faults");
    private static final String BEGIN = "<!-- table: written by mvn verify -Pfaults -->";
    private static final String END = "<!-- end of table -->";
    private static final List<FaultLine> LINES = new ArrayList<>();

    /**
     * Begins a line of the table.
     *
     * @param group the part of the table
     * @param what was tried, in the words of the table
     * @return the line, to be closed when all was tried
     */
    public static synchronized FaultLine line(FaultGroup group, String what) {
        FaultLine line = new FaultLine(group, what);
        LINES.add(line);
        return line;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        synchronized (FaultTable.class) {
            try {
                Files.createDirectories(FOLDER);
                Files.write(
                        FOLDER.resolve(context.getRequiredTestClass().getSimpleName() + ".tsv"),
                        LINES.stream().map(FaultTable::row).toList());
                LINES.clear();
                String table = table();
                Files.writeString(FOLDER.resolve("table.md"), table);
                if (FaultScale.isFull()) {
                    replaceIn(
                            Path.of(System.getProperty("zigma.root"), "docs", "reliability.md"),
                            table);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static String row(FaultLine line) {
        return String.join(
                "\t",
                Integer.toString(line.group().ordinal()),
                line.what(),
                Integer.toString(line.tried()),
                Integer.toString(line.lostOrWrong()));
    }

    private static String table() throws IOException {
        List<String[]> rows = new ArrayList<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".tsv")).sorted().toList()) {
                Files.readAllLines(file).forEach(line -> rows.add(line.split("\t", -1)));
            }
        }
        rows.sort(Comparator.comparingInt(row -> Integer.parseInt(row[0])));
        StringBuilder table = new StringBuilder();
        table.append("| | what was tried | times | lost or wrong |\n| --- | --- | ---: | ---: |\n");
        String before = "";
        for (String[] row : rows) {
            String title = FaultGroup.values()[Integer.parseInt(row[0])].title();
            table.append(
                    String.format(
                            Locale.ROOT,
                            "| %s | %s | %,d | %s |%n",
                            title.equals(before) ? "" : "**" + title + "**",
                            row[1],
                            Integer.parseInt(row[2]),
                            row[3]));
            before = title;
        }
        return table.toString();
    }

    private static void replaceIn(Path document, String table) throws IOException {
        String text = Files.readString(document);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(document + " has no place for the table");
        }
        Files.writeString(
                document,
                text.substring(0, begin) + BEGIN + "\n\n" + table + "\n" + text.substring(end));
    }
}
