package io.zigma.train.data;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Records what is left out while a folder or an archive is read, so that all of it is reported. */
final class Findings {

    private static final int NAMED = 3;

    private final List<SkippedFile> skipped = new ArrayList<>();
    private final Map<String, Integer> endings = new TreeMap<>();
    private final Set<String> clutter = new LinkedHashSet<>();
    private int clutterCount;
    private final List<String> again = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /** Records a file that has the name of a picture but cannot be read. */
    void skip(String file, String reason) {
        skipped.add(new SkippedFile(file, reason));
    }

    /** Takes note of a file that is no picture. */
    void passOver(String ending) {
        endings.merge(ending, 1, Integer::sum);
    }

    /** Takes note of a hidden file or a folder that another program made. */
    void clutter(String name) {
        clutterCount++;
        clutter.add(name);
    }

    /** Takes note of a link that leads to a folder whose pictures were met already. */
    void again(String link) {
        again.add(link);
    }

    /** Records another message, in a line. */
    void warn(String line) {
        warnings.add(line);
    }

    /** Returns how many files with an ending were passed over. */
    int passedOver(String ending) {
        return endings.getOrDefault(ending, 0);
    }

    /** Returns the files that were left out, in the order in which they were met. */
    List<SkippedFile> skipped() {
        return List.copyOf(skipped);
    }

    /** Returns everything else, a line each, about the data set of a name. */
    List<String> warnings(String root) {
        List<String> all = new ArrayList<>(warnings);
        if (!again.isEmpty()) {
            all.add(
                    again.size() == 1
                            ? "%s: leads to a folder that is read already".formatted(again.get(0))
                            : "%s: lead to folders that are read already".formatted(named(again)));
        }
        if (!endings.isEmpty()) {
            all.add("%s: %s".formatted(root, others()));
        }
        if (clutterCount > 0) {
            all.add(
                    "%s: %s, hidden or made by other programs, %s left out"
                            .formatted(
                                    root,
                                    named(List.copyOf(clutter)),
                                    clutterCount == 1 ? "is" : "are"));
        }
        return all;
    }

    /** Returns a message with the number of files that are no pictures, empty if there are none. */
    String others() {
        int count = endings.values().stream().mapToInt(Integer::intValue).sum();
        if (count == 0) {
            return "";
        }
        String kinds =
                endings.entrySet().stream()
                        .map(
                                entry ->
                                        "%s %s"
                                                .formatted(
                                                        entry.getValue(),
                                                        entry.getKey().isEmpty()
                                                                ? "without an ending"
                                                                : "." + entry.getKey()))
                        .collect(Collectors.joining(", "));
        return "%s that %s no %s left out (%s)"
                .formatted(
                        count == 1 ? "1 file" : count + " files",
                        count == 1 ? "is" : "are",
                        count == 1 ? "picture is" : "pictures are",
                        kinds);
    }

    /** Names a few of many. */
    static String named(List<String> names) {
        String first = names.stream().limit(NAMED).collect(Collectors.joining(", "));
        return names.size() <= NAMED
                ? first
                : "%s and %s more".formatted(first, names.size() - NAMED);
    }
}
