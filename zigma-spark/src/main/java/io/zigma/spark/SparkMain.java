package io.zigma.spark;

import io.zigma.cli.FailureLine;
import io.zigma.cli.HelpPage;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.io.Software;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The {@code zigma-spark} program, which is also the main class for {@code spark-submit}. */
public final class SparkMain {

    private static final List<Command> COMMANDS =
            List.of(
                    new GenerateOnSpark(),
                    new EncodeOnSpark(),
                    new EvaluateOnSpark(),
                    new TrainOnSpark(),
                    new ExchangeOnSpark());
    private static final String PROGRAM = "zigma-spark";

    private SparkMain() {}

    /**
     * Runs a command line and ends the process: 0 done, 1 failed, 2 wrong usage.
     *
     * @param words the command and its options
     */
    public static void main(String[] words) {
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
        Console console = Console.ofProcess();
        ExitStatus status = run(List.of(words), console);
        if (!console.wroteAll()) {
            status = ExitStatus.FAILED;
        }
        console.finish();
        System.exit(status.code());
    }

    /** Runs a command line; never throws. */
    static ExitStatus run(List<String> words, Console console) {
        try {
            dispatch(words, console);
            return ExitStatus.DONE;
        } catch (UsageException e) {
            report(e, words, console);
            return ExitStatus.WRONG_USAGE;
        } catch (Exception | Error e) { // Scala throws checked exceptions that Java cannot see
            report(e, words, console);
            return ExitStatus.FAILED;
        }
    }

    private static void dispatch(List<String> words, Console console) throws Exception {
        String first = words.isEmpty() ? "" : words.get(0);
        switch (first) {
            case "--version", "-V", "version" ->
                    console.out().println(PROGRAM + " " + Software.version());
            case "--help", "-h", "help" ->
                    console.out()
                            .println(
                                    words.size() > 1
                                            ? HelpPage.of(command(words.get(1)), PROGRAM)
                                            : summary());
            default -> {
                Command command = command(first);
                List<String> rest = words.subList(1, words.size());
                if (rest.contains("--help") || rest.contains("-h")) {
                    console.out().println(HelpPage.of(command, PROGRAM));
                } else {
                    command.run(Arguments.parse(command, rest), console);
                }
            }
        }
    }

    private static Command command(String name) {
        return COMMANDS.stream()
                .filter(command -> command.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new UsageException(
                                        name.isEmpty()
                                                ? "which command? (%s)".formatted(names())
                                                : "there is no command '%s' (%s)"
                                                        .formatted(name, names())));
    }

    private static String names() {
        return COMMANDS.stream().map(Command::name).collect(Collectors.joining(", "));
    }

    private static String summary() {
        return COMMANDS.stream()
                .map(command -> PROGRAM + " " + command.name() + ": " + command.purpose())
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private static void report(Throwable failure, List<String> words, Console console) {
        console.err().println(PROGRAM + ": " + oneLine(failure));
        if (words.contains(Arguments.spelling(Flags.DEBUG))) {
            failure.printStackTrace(console.err());
        }
    }

    /** Returns what went wrong: the work's own line where a task failed, however deep it lies. */
    static String oneLine(Throwable failure) {
        return RowException.line(failure).orElseGet(() -> FailureLine.of(failure));
    }
}
