package io.zigma.base;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * One value that a named choice can be given, such as a solver's order: its meaning, its default,
 * and its allowed values.
 *
 * <p>Values are text on the command line and in files, and are checked once, where they are read
 * ({@link Settings}).
 *
 * @param name as users write it, lower case, words joined by hyphens
 * @param meaning for help, without a full stop
 * @param standard the default, in the canonical spelling
 * @param argument what a value is called in help: N, NAME; empty for what is on or off
 * @param range what is allowed, for help and error messages: "a number from 0 to 1"
 * @param spelling returns the canonical spelling of an allowed value and throws
 *     IllegalArgumentException for others
 */
public record Setting(
        String name,
        String meaning,
        String standard,
        String argument,
        String range,
        Spelling spelling) {

    /** Returns the canonical spelling of a value, so that equal values are equal texts. */
    @FunctionalInterface
    public interface Spelling {

        /**
         * Reads a value.
         *
         * @param text as a user wrote it, without spaces around it
         * @return its canonical spelling
         * @throws IllegalArgumentException if it is not allowed
         */
        String of(String text);
    }

    /**
     * Declares a number.
     *
     * @param name as users write it
     * @param meaning for help
     * @param standard the default
     * @param least the smallest that is allowed
     * @param most the largest that is allowed, {@link Double#MAX_VALUE} for no bound
     * @return the setting
     */
    public static Setting number(
            String name, String meaning, double standard, double least, double most) {
        String range =
                most == Double.MAX_VALUE
                        ? "a number of at least " + plain(least)
                        : "a number from %s to %s".formatted(plain(least), plain(most));
        return new Setting(
                name,
                meaning,
                plain(standard),
                "N",
                range,
                text -> {
                    double value = Double.parseDouble(text);
                    if (!(value >= least && value <= most)) {
                        throw new IllegalArgumentException("out of range");
                    }
                    return plain(value);
                });
    }

    /**
     * Declares a whole number.
     *
     * @param name as users write it
     * @param meaning for help
     * @param standard the default
     * @param least the smallest that is allowed
     * @param most the largest that is allowed
     * @return the setting
     */
    public static Setting whole(String name, String meaning, int standard, int least, int most) {
        return new Setting(
                name,
                meaning,
                Integer.toString(standard),
                "N",
                "a whole number from %s to %s".formatted(least, most),
                text -> {
                    int value = Integer.parseInt(text);
                    if (value < least || value > most) {
                        throw new IllegalArgumentException("out of range");
                    }
                    return Integer.toString(value);
                });
    }

    /**
     * Declares a choice.
     *
     * @param name as users write it
     * @param meaning for help
     * @param standard the default
     * @param choices all there are
     * @return the setting
     */
    public static Setting choice(
            String name, String meaning, String standard, List<String> choices) {
        return choice(name, meaning, standard, "NAME", choices);
    }

    private static Setting choice(
            String name, String meaning, String standard, String argument, List<String> choices) {
        return new Setting(
                name,
                meaning,
                standard,
                argument,
                "one of " + String.join(", ", choices),
                text ->
                        choices.stream()
                                .filter(choice -> choice.equalsIgnoreCase(text))
                                .findFirst()
                                .orElseThrow(() -> new IllegalArgumentException("no choice")));
    }

    /**
     * Declares something that is on or off.
     *
     * @param name as users write it
     * @param meaning for help
     * @param standard whether it is on by default
     * @return the setting
     */
    public static Setting flag(String name, String meaning, boolean standard) {
        return choice(name, meaning, Boolean.toString(standard), "", List.of("true", "false"));
    }

    /**
     * Declares a text with a grammar of its own.
     *
     * @param name as users write it
     * @param meaning for help
     * @param standard the default
     * @param range what is allowed, for help and error messages
     * @param check throws an IllegalArgumentException if a text is not allowed
     * @return the setting
     */
    public static Setting text(
            String name, String meaning, String standard, String range, Consumer<String> check) {
        return new Setting(
                name,
                meaning,
                standard,
                "NAME",
                range,
                text -> {
                    check.accept(text);
                    return text.toLowerCase(Locale.ROOT);
                });
    }

    /**
     * Declares a text that has a parser, whose refusals are shown as they are.
     *
     * @param name as users write it
     * @param meaning for help
     * @param standard the text when nothing is said
     * @param range what is allowed, for help
     * @param parser reads a text and returns its canonical spelling; throws an
     *     IllegalArgumentException that says what is allowed
     * @return the setting
     */
    public static Setting parsed(
            String name, String meaning, String standard, String range, Spelling parser) {
        return new Setting(
                name,
                meaning,
                standard,
                "NAME",
                range,
                text -> {
                    try {
                        return parser.of(text);
                    } catch (IllegalArgumentException e) {
                        throw new Explained(e);
                    }
                });
    }

    /** A refusal that says what is allowed itself. */
    private static final class Explained extends IllegalArgumentException {

        private static final long serialVersionUID = 1L;

        Explained(IllegalArgumentException refusal) {
            super(refusal.getMessage(), refusal);
        }
    }

    /**
     * Returns whether it is on or off.
     *
     * @return true for a {@link #flag}
     */
    public boolean isFlag() {
        return argument.isEmpty();
    }

    /**
     * Returns the canonical spelling of a value.
     *
     * @param text as a user wrote it
     * @return its canonical spelling
     * @throws IllegalArgumentException if it is not allowed; the message says what is
     */
    public String read(String text) {
        try {
            return spelling.of(text.strip());
        } catch (Explained e) {
            throw new IllegalArgumentException("%s: %s".formatted(name, e.getMessage()), e);
        } catch (IllegalArgumentException e) { // a NumberFormatException is one too
            throw new IllegalArgumentException(
                    "%s must be %s, not '%s'".formatted(name, range, text), e);
        }
    }

    /**
     * Formats a number.
     *
     * @param number a finite number
     * @return without a fraction where it is whole
     */
    public static String plain(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }
}
