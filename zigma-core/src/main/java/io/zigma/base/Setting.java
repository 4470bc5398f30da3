package io.zigma.base;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * One value that a named choice can be given, such as a solver's order: what it means, what it is
 * when nothing is said, and what it may be.
 *
 * <p>Values travel as text, from the command line and in files, and are checked once, where they
 * are read ({@link Settings}).
 *
 * @param name as users write it, lower case, words joined by hyphens
 * @param meaning for help, without a full stop
 * @param standard the value when nothing is said, in the canonical spelling
 * @param range what is allowed, for help and refusals: "a number from 0 to 1"
 * @param spelling brings an allowed value to its canonical spelling and refuses others by an
 *     IllegalArgumentException
 */
public record Setting(
        String name, String meaning, String standard, String range, Spelling spelling) {

    /** Brings a value to its one spelling, so that equal values are equal texts. */
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
     * @param standard the value when nothing is said
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
     * @param standard the value when nothing is said
     * @param least the smallest that is allowed
     * @param most the largest that is allowed
     * @return the setting
     */
    public static Setting whole(String name, String meaning, int standard, int least, int most) {
        return new Setting(
                name,
                meaning,
                Integer.toString(standard),
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
     * @param standard the choice when nothing is said
     * @param choices all there are
     * @return the setting
     */
    public static Setting choice(
            String name, String meaning, String standard, List<String> choices) {
        return new Setting(
                name,
                meaning,
                standard,
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
     * @param standard whether it is on when nothing is said
     * @return the setting
     */
    public static Setting flag(String name, String meaning, boolean standard) {
        return choice(name, meaning, Boolean.toString(standard), List.of("true", "false"));
    }

    /**
     * Declares a text with a grammar of its own.
     *
     * @param name as users write it
     * @param meaning for help
     * @param standard the text when nothing is said
     * @param range what is allowed, for help and refusals
     * @param check throws an IllegalArgumentException if a text is not allowed
     * @return the setting
     */
    public static Setting text(
            String name, String meaning, String standard, String range, Consumer<String> check) {
        return new Setting(
                name,
                meaning,
                standard,
                range,
                text -> {
                    check.accept(text);
                    return text.toLowerCase(Locale.ROOT);
                });
    }

    /**
     * Brings a value to its canonical spelling.
     *
     * @param text as a user wrote it
     * @return its canonical spelling
     * @throws IllegalArgumentException if it is not allowed; the message says what is
     */
    public String read(String text) {
        try {
            return spelling.of(text.strip());
        } catch (IllegalArgumentException e) { // a NumberFormatException is one too
            throw new IllegalArgumentException(
                    "%s must be %s, not '%s'".formatted(name, range, text), e);
        }
    }

    /**
     * Spells a number as people write it.
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
