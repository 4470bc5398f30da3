package io.zigma.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Follows a batch file as {@code cmd.exe} does, for the commands that the launcher is made of: no
 * other system than Windows has a {@code cmd.exe}. Programs are not run; what they would be given
 * is kept. A line that it does not know is an error.
 */
final class BatchFile {

    private static final Pattern VARIABLE = Pattern.compile("%(~dp0|\\*|\\w+%)");
    private static final Pattern CONDITION =
            Pattern.compile(
                    "if (?<not>not )?(?:defined (?<name>\\w+)|exist \"(?<file>[^\"]*)\""
                            + "|errorlevel (?<level>\\d+)|\"(?<left>[^\"]*)\"==\"(?<right>[^\"]*)\")"
                            + " (?<then>.+)");
    private static final Pattern ASSIGNMENT = Pattern.compile("set \"(\\w+)=(.*)\"");
    private static final Pattern LOOP = Pattern.compile("for /f .* do (.+)");
    private static final int MOST_LINES = 1000;

    private final List<String> lines;

    /** What came of it: programs in their order, messages, the status, variables at the end. */
    record Run(List<String> programs, List<String> messages, int status, Map<String, String> set) {}

    /**
     * Where it runs.
     *
     * @param folder that the file is in, with a backslash at its end
     * @param words on the command line, as they were typed
     * @param variables of the environment
     * @param files that exist
     * @param status of each program, by its whole line
     */
    record Place(
            String folder,
            String words,
            Map<String, String> variables,
            Set<String> files,
            ToIntFunction<String> status) {}

    /** Reads a file; a caret at a line's end joins it with the next. */
    BatchFile(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        lines = text.replaceAll(" *\\^\r\n *", " ").lines().map(String::strip).toList();
    }

    /** Returns the lines, long ones whole. */
    List<String> lines() {
        return lines;
    }

    /** Runs it from its first line. */
    Run run(Place place) {
        Map<String, String> variables = new TreeMap<>(place.variables());
        List<String> programs = new ArrayList<>();
        List<String> messages = new ArrayList<>();
        int errorLevel = 0;
        int next = 0;
        for (int steps = 0; next < lines.size(); steps++) {
            if (steps > MOST_LINES) {
                throw new IllegalStateException("it goes round in circles");
            }
            String line = lines.get(next++);
            if (line.isEmpty() || line.startsWith("rem ") || line.startsWith(":")) {
                continue;
            }
            // variables are filled in before anything of a line is obeyed
            line = filledIn(line, place, variables);
            for (Matcher m = CONDITION.matcher(line); m.matches(); m = CONDITION.matcher(line)) {
                boolean not = m.group("not") != null;
                line = holds(m, variables, place.files(), errorLevel) != not ? m.group("then") : "";
            }
            Matcher assignment = ASSIGNMENT.matcher(line);
            if (line.startsWith("goto ")) {
                next = place(line.substring("goto ".length()));
            } else if (line.startsWith("exit /b ")) {
                int status = Integer.parseInt(filledIn(line, errorLevel).substring(8));
                return new Run(programs, messages, status, variables);
            } else if (assignment.matches()) {
                if (assignment.group(2).isEmpty()) {
                    variables.remove(assignment.group(1));
                } else {
                    variables.put(assignment.group(1), assignment.group(2));
                }
            } else if (line.startsWith("echo ")) {
                messages.add(line.substring("echo ".length()));
            } else if (isProgram(line)) {
                programs.add(line);
                errorLevel = place.status().applyAsInt(line);
            } else if (!line.isEmpty() && !isQuiet(line)) {
                throw new IllegalStateException("a line of a kind that is not known: " + line);
            }
        }
        throw new IllegalStateException("it ends without a status");
    }

    private static boolean isProgram(String line) {
        return line.startsWith("\"")
                || line.startsWith("where ")
                || line.startsWith("call ")
                || LOOP.matcher(line).matches();
    }

    private static boolean isQuiet(String line) {
        String first = line.split(" ", 2)[0].toLowerCase(Locale.ROOT);
        return Set.of("@echo", "setlocal", "mkdir", "pushd", "popd", "type").contains(first);
    }

    private static boolean holds(
            Matcher m, Map<String, String> variables, Set<String> files, int errorLevel) {
        if (m.group("name") != null) {
            return variables.containsKey(m.group("name"));
        }
        if (m.group("file") != null) {
            return files.contains(m.group("file"));
        }
        return m.group("level") != null
                ? errorLevel >= Integer.parseInt(m.group("level"))
                : m.group("left").equals(m.group("right"));
    }

    private static String filledIn(String line, Place place, Map<String, String> variables) {
        // %%r is a loop's own
        return VARIABLE.matcher(line.replace("%%r", "\0r"))
                .replaceAll(
                        m -> {
                            String name = m.group(1).replace("%", "");
                            String value =
                                    switch (name) {
                                        case "~dp0" -> place.folder();
                                        case "*" -> place.words();
                                        case "ERRORLEVEL" -> "%ERRORLEVEL%";
                                        default -> variables.getOrDefault(name, "");
                                    };
                            return Matcher.quoteReplacement(value);
                        })
                .replace("\0r", "%%r");
    }

    private static String filledIn(String line, int errorLevel) {
        return line.replace("%ERRORLEVEL%", Integer.toString(errorLevel));
    }

    private int place(String label) {
        int at = lines.indexOf(":" + label);
        if (at < 0) {
            throw new IllegalStateException("there is no label " + label);
        }
        return at;
    }
}
