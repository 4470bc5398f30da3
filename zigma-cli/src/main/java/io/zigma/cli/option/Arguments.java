package io.zigma.cli.option;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;

/**
 * A command's options as typed values; a value of the wrong kind is refused with the option's name.
 * When an option is given twice, the last one counts.
 */
public final class Arguments {

    private static final Pattern PLAIN = Pattern.compile("[\\w.,:=/@%+-]+");

    private final String command;
    private final List<String> words;
    private final CommandLine line;

    private Arguments(String command, List<String> words, CommandLine line) {
        this.command = command;
        this.words = List.copyOf(words);
        this.line = line;
    }

    /**
     * Reads the words behind a command.
     *
     * @param command says which options there are
     * @param words options and values as the user typed them
     * @return the options that were given
     * @throws UsageException if an option is unknown or lacks its value, or a word belongs to none
     */
    public static Arguments parse(Command command, List<String> words) {
        Options options = new Options();
        command.sections().forEach(section -> section.options().forEach(options::addOption));
        Flags.COMMON.options().forEach(options::addOption);
        try {
            CommandLine line =
                    DefaultParser.builder()
                            .setAllowPartialMatching(false)
                            .get()
                            .parse(options, words.toArray(String[]::new));
            int operands = command.operand().isPresent() ? 1 : 0;
            if (line.getArgList().size() > operands) {
                throw new UsageException(
                        "%s takes no '%s'; every value needs its option %s"
                                .formatted(
                                        command.name(),
                                        line.getArgList().get(operands),
                                        seeHelp(command)));
            }
            return new Arguments(command.name(), words, line);
        } catch (UnrecognizedOptionException e) {
            throw new UsageException(
                    "%s has no option '%s'%s %s"
                            .formatted(
                                    command.name(),
                                    e.getOption(),
                                    Suggestions.didYouMean(
                                            withoutValue(e.getOption()), spellings(options)),
                                    seeHelp(command)));
        } catch (MissingArgumentException e) {
            throw new UsageException(
                    "%s needs a value: %s"
                            .formatted(spelling(e.getOption()), e.getOption().getDescription()));
        } catch (ParseException e) {
            throw new UsageException(e.getMessage() + " " + seeHelp(command));
        }
    }

    private static String withoutValue(String option) {
        int equals = option.indexOf('=');
        return equals < 0 ? option : option.substring(0, equals);
    }

    private static Collection<String> spellings(Options options) {
        List<String> all = new ArrayList<>();
        for (Option option : options.getOptions()) {
            all.add("--" + option.getLongOpt());
        }
        return all;
    }

    private static String seeHelp(Command command) {
        return "(zigma help %s lists all options)".formatted(command.name());
    }

    /**
     * Spells an option.
     *
     * @param option any
     * @return as the user types it in full, such as {@code --steps}
     */
    public static String spelling(Option option) {
        return "--" + option.getLongOpt();
    }

    /**
     * Returns the whole command.
     *
     * @return as it could be typed into a shell again
     */
    public String commandLine() {
        return Stream.concat(Stream.of("zigma", command), words.stream())
                .map(
                        word ->
                                PLAIN.matcher(word).matches()
                                        ? word
                                        : "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }

    /**
     * Returns whether an option was given.
     *
     * @param option one of the command's
     * @return true if it was, whatever its value
     */
    public boolean has(Option option) {
        return line.hasOption(option);
    }

    /**
     * Returns the text of an option.
     *
     * @param option one of the command's
     * @return what was given last, if it was given
     */
    public Optional<String> text(Option option) {
        String[] values = line.getOptionValues(option);
        return values == null ? Optional.empty() : Optional.of(values[values.length - 1]);
    }

    /**
     * Returns all texts of an option.
     *
     * @param option one of the command's
     * @return in the order in which they were given; empty if there is none
     */
    public List<String> texts(Option option) {
        String[] values = line.getOptionValues(option);
        return values == null ? List.of() : List.of(values);
    }

    /**
     * Returns the text of an option that must be given.
     *
     * @param option one of the command's
     * @return what was given last
     * @throws UsageException if it was not given; the message says what it means
     */
    public String requiredText(Option option) {
        return text(option)
                .orElseThrow(
                        () ->
                                new UsageException(
                                        "%s needs %s %s: %s"
                                                .formatted(
                                                        command,
                                                        spelling(option),
                                                        option.getArgName(),
                                                        option.getDescription())));
    }

    /**
     * Returns the path without an option, for a command that takes one.
     *
     * @param taking the command
     * @return what was given
     * @throws UsageException if nothing was given, or it is no path
     */
    public Path requiredOperand(Command taking) {
        if (line.getArgList().isEmpty()) {
            throw new UsageException(
                    "%s needs %s %s"
                            .formatted(
                                    command,
                                    taking.operand().orElse("nothing else"),
                                    seeHelp(taking)));
        }
        return path("the word after " + command, line.getArgList().get(0));
    }

    /**
     * Returns the path of an option that must be given.
     *
     * @param option one of the command's
     * @return what was given last
     * @throws UsageException if it was not given, or is no path
     */
    public Path requiredPath(Option option) {
        return path(spelling(option), requiredText(option));
    }

    /**
     * Returns the path of an option.
     *
     * @param option one of the command's
     * @return what was given last, if it was given
     * @throws UsageException if it is no path
     */
    public Optional<Path> path(Option option) {
        return text(option).map(text -> path(spelling(option), text));
    }

    /**
     * Returns the paths of an option that must be given.
     *
     * @param option one of the command's
     * @return one or more, in the order in which they were given
     * @throws UsageException if it was not given, or one is no path
     */
    public List<Path> requiredPaths(Option option) {
        requiredText(option);
        return texts(option).stream().map(text -> path(spelling(option), text)).toList();
    }

    private static Path path(String what, String text) {
        if (text.isBlank()) {
            throw new UsageException(what + " is empty; it needs a file or folder");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new UsageException(
                    "%s: '%s' cannot be a path: %s".formatted(what, text, e.getReason()));
        }
    }

    /**
     * Returns a whole number within bounds.
     *
     * @param option one of the command's
     * @param smallest that is allowed
     * @param largest that is allowed
     * @param fallback the number where the option was not given; may be out of bounds
     * @return what was given last
     * @throws UsageException if it is no whole number within the bounds
     */
    public int integer(Option option, int smallest, int largest, int fallback) {
        return text(option)
                .map(text -> (int) whole(option, text, smallest, largest))
                .orElse(fallback);
    }

    /**
     * Returns a whole number of at least a bound.
     *
     * @param option one of the command's
     * @param smallest that is allowed
     * @param fallback the number where the option was not given; may be out of bounds
     * @return what was given last
     * @throws UsageException if it is no whole number, less than the bound or beyond 32 bits
     */
    public int integer(Option option, int smallest, int fallback) {
        return integer(option, smallest, Integer.MAX_VALUE, fallback);
    }

    /**
     * Returns any whole number of 64 bits.
     *
     * @param option one of the command's
     * @return what was given last, if it was given
     * @throws UsageException if it is no such number
     */
    public Optional<Long> wholeNumber(Option option) {
        return text(option).map(text -> whole(option, text, Long.MIN_VALUE, Long.MAX_VALUE));
    }

    private static long whole(Option option, String text, long smallest, long largest) {
        try {
            long value = Long.parseLong(text.strip());
            if (value >= smallest && value <= largest) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Refused below, like a number out of range.
        }
        String range =
                largest == Long.MAX_VALUE || largest == Integer.MAX_VALUE
                        ? smallest == Long.MIN_VALUE ? "" : " of at least " + smallest
                        : " from %s to %s".formatted(smallest, largest);
        throw new UsageException(
                "%s needs a whole number%s, not '%s'".formatted(spelling(option), range, text));
    }

    /**
     * Returns a finite number within bounds.
     *
     * @param option one of the command's
     * @param smallest that is allowed
     * @param largest that is allowed
     * @param fallback the number where the option was not given; may be out of bounds
     * @return what was given last
     * @throws UsageException if it is no number within the bounds
     */
    public double number(Option option, double smallest, double largest, double fallback) {
        Optional<String> given = text(option);
        if (given.isEmpty()) {
            return fallback;
        }
        try {
            double value = Double.parseDouble(given.get().strip());
            if (value >= smallest && value <= largest && Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Refused below, like a number out of range.
        }
        String range =
                largest == Double.MAX_VALUE
                        ? "of at least " + plain(smallest)
                        : "from %s to %s".formatted(plain(smallest), plain(largest));
        throw new UsageException(
                "%s needs a number %s, not '%s'".formatted(spelling(option), range, given.get()));
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }

    /**
     * Returns one of several choices.
     *
     * @param option one of the command's
     * @param choices as the user types them
     * @param fallback the choice where the option was not given
     * @return one of the choices
     * @throws UsageException if it is none of them; the message lists all, and the nearest
     */
    public String choice(Option option, Collection<String> choices, String fallback) {
        String given = text(option).orElse(fallback);
        if (!choices.contains(given)) {
            throw new UsageException(
                    "%s knows no '%s'%s (%s)"
                            .formatted(
                                    spelling(option),
                                    given,
                                    Suggestions.didYouMean(given, choices),
                                    String.join(", ", choices)));
        }
        return given;
    }
}
