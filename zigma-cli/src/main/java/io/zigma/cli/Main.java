package io.zigma.cli;

import io.zigma.cli.command.AverageCommand;
import io.zigma.cli.command.BenchCommand;
import io.zigma.cli.command.DataCommand;
import io.zigma.cli.command.DistilCommand;
import io.zigma.cli.command.EncodeCommand;
import io.zigma.cli.command.EvaluateCommand;
import io.zigma.cli.command.ExportCommand;
import io.zigma.cli.command.GenerateCommand;
import io.zigma.cli.command.ImportCommand;
import io.zigma.cli.command.InfoCommand;
import io.zigma.cli.command.ServeCommand;
import io.zigma.cli.command.TrainAutoencoderCommand;
import io.zigma.cli.command.TrainClassifierCommand;
import io.zigma.cli.command.TrainCommand;
import io.zigma.cli.command.VerifyCommand;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.Suggestions;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.cli.terminal.Printable;
import io.zigma.cli.terminal.StopRequest;
import io.zigma.io.Software;
import io.zigma.op.VectorSupport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code zigma} command: finds the command, runs it, and reports failures into one line and an
 * exit status.
 */
public final class Main {

    private static final List<Command> COMMANDS =
            List.of(
                    new GenerateCommand(),
                    new ServeCommand(),
                    new DataCommand(),
                    new EncodeCommand(),
                    new TrainCommand(),
                    new DistilCommand(),
                    new TrainAutoencoderCommand(),
                    new TrainClassifierCommand(),
                    new EvaluateCommand(),
                    new ImportCommand(),
                    new InfoCommand(),
                    new VerifyCommand(),
                    new ExportCommand(),
                    new AverageCommand(),
                    new BenchCommand());

    /** The commands that a slow Java makes slow. */
    private static final Set<String> COMPUTING =
            Set.of(
                    "generate",
                    "serve",
                    "encode",
                    "train",
                    "distil",
                    "train-autoencoder",
                    "train-classifier",
                    "evaluate",
                    "verify",
                    "bench");

    private static final int LONGEST_LINE = 1500;

    private Main() {}

    /**
     * Runs a command line and ends the process: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
     *
     * @param words the command and its options
     */
    public static void main(String[] words) {
        // Numbers in files and in what is said are for programs too: 3 is never \u0663.
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
        Console console = Console.ofProcess();
        ExitStatus status = run(List.of(words), console);
        if (!console.wroteAll()) {
            status = ExitStatus.FAILED;
        }
        console.finish();
        StopRequest.everythingSaid();
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
        } catch (IOException | RuntimeException | Error e) {
            report(e, words, console);
            return ExitStatus.FAILED;
        }
    }

    private static void dispatch(List<String> words, Console console) throws IOException {
        if (words.isEmpty()) {
            throw new UsageException("which command? " + commandList() + " (see zigma help)");
        }
        String first = words.get(0);
        List<String> rest = words.subList(1, words.size());
        switch (first) {
            case "--version", "-V", "version" ->
                    console.out().println("zigma " + Software.version());
            case "--help", "-h", "help" -> console.out().println(help(rest));
            default -> {
                Command command = command(first);
                if (asksForHelp(rest)) {
                    console.out().println(HelpPage.of(command));
                } else {
                    Arguments arguments = Arguments.parse(command, rest);
                    if (COMPUTING.contains(command.name())) {
                        VectorSupport.missing().ifPresent(console::say);
                    }
                    command.run(arguments, console);
                }
            }
        }
    }

    private static String help(List<String> about) {
        Optional<String> command = about.stream().filter(word -> !word.startsWith("-")).findFirst();
        return command.map(name -> KindsPage.of(name).orElseGet(() -> HelpPage.of(command(name))))
                .orElseGet(() -> HelpPage.of(COMMANDS));
    }

    private static boolean asksForHelp(List<String> words) {
        return words.contains("--help") || words.contains("-h");
    }

    /** Returns a command by its word. */
    static Command command(String name) {
        return COMMANDS.stream()
                .filter(command -> command.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> {
                            List<String> known = new ArrayList<>(names());
                            known.addAll(List.of("help", "--help", "--version"));
                            return new UsageException(
                                    "there is no command '%s'%s (%s)"
                                            .formatted(
                                                    name,
                                                    Suggestions.didYouMean(name, known),
                                                    commandList()));
                        });
    }

    private static List<String> names() {
        return COMMANDS.stream().map(Command::name).toList();
    }

    private static String commandList() {
        return String.join(", ", names()) + ", help";
    }

    private static void report(Throwable failure, List<String> words, Console console) {
        console.say(shown(FailureLine.of(failure)));
        if (words.contains(Arguments.spelling(Flags.DEBUG))) {
            failure.printStackTrace(console.err());
        }
    }

    /** What a user typed or a file holds may be long, or may try to move the cursor. */
    private static String shown(String line) {
        String whole =
                line.length() <= LONGEST_LINE
                        ? line
                        : line.substring(0, LONGEST_LINE / 2)
                                + " … "
                                + line.substring(line.length() - LONGEST_LINE / 2);
        return Printable.of(whole);
    }
}
