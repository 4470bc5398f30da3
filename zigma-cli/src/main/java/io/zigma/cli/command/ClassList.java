package io.zigma.cli.command;

import io.zigma.condition.ClassNames;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A model's classes as {@code zigma info} lists them. */
final class ClassList {

    // beside the title a line ends at column 100
    private static final int WIDTH = 85;

    private ClassList() {}

    /**
     * Returns all classes, each with the number that it can be asked for by if it has one. A list
     * that does not fit on a line begins with their number and continues below.
     *
     * @param labels the names in order, none for an unconditional model
     * @return at least one row of the report
     */
    static List<String> rows(List<String> labels) {
        if (labels.isEmpty()) {
            return List.of(InfoCommand.row("classes", "none (unconditional)"));
        }
        List<String> shown = shown(labels);
        List<String> lines = wrapped(shown);
        if (lines.size() > 1 && allNumbersOfARange(labels)) {
            int[] numbers = labels.stream().mapToInt(Integer::parseInt).sorted().toArray();
            return List.of(
                    InfoCommand.row(
                            "classes",
                            "%d, all numbers from %d to %d",
                            numbers.length,
                            numbers[0],
                            numbers[numbers.length - 1]));
        }
        List<String> rows = new ArrayList<>();
        if (lines.size() > 1) {
            rows.add(InfoCommand.row("classes", "%d", labels.size()));
        }
        for (String line : lines) {
            rows.add(InfoCommand.row(rows.isEmpty() ? "classes" : "", "%s", line));
        }
        return rows;
    }

    private static List<String> shown(List<String> labels) {
        boolean byName = !ClassNames.haveNumbers(labels);
        return IntStream.range(0, labels.size())
                .mapToObj(
                        number -> {
                            String name = ClassNames.quoted(labels.get(number));
                            return byName ? name : number + " " + name;
                        })
                .toList();
    }

    /** Breaks a list between its elements. */
    private static List<String> wrapped(List<String> elements) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < elements.size(); i++) {
            String element = elements.get(i) + (i < elements.size() - 1 ? "," : "");
            if (line.length() > 0 && line.length() + 1 + element.length() > WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(element);
        }
        lines.add(line.toString());
        return lines;
    }

    /** Returns whether the names are the whole numbers of a range, each once, in any order. */
    private static boolean allNumbersOfARange(List<String> labels) {
        if (!labels.stream().allMatch(label -> label.matches("0|[1-9][0-9]{0,8}"))) {
            return false;
        }
        int[] numbers = labels.stream().mapToInt(Integer::parseInt).sorted().distinct().toArray();
        return numbers.length == labels.size()
                && numbers[numbers.length - 1] - numbers[0] == numbers.length - 1;
    }
}
