package io.zigma.backbone;

import java.util.Map;
import java.util.function.Function;

/**
 * An option of a backbone by name, on the command line {@code --NAME}.
 *
 * @param name in lower case with hyphens
 * @param argument placeholder of its value in help, such as {@code N}; empty for a flag without a
 *     value
 * @param help one line of help
 */
public record BackboneOption(String name, String argument, String help) {

    /**
     * Returns whether a flag is given.
     *
     * @param options values by the name of their option
     * @param fallback the value where it is not given
     * @return true if it is given, else the fallback
     */
    public boolean flag(Map<String, String> options, boolean fallback) {
        return options.containsKey(name) || fallback;
    }

    /**
     * Reads a whole number.
     *
     * @param options values by the name of their option
     * @param largest the largest valid one; the smallest is 1
     * @param fallback the value where none is given
     * @return the number
     * @throws IllegalArgumentException if it is none, or out of range
     */
    public int integer(Map<String, String> options, int largest, int fallback) {
        return parsed(
                options,
                text -> {
                    try {
                        int number = Integer.parseInt(text);
                        if (number >= 1 && number <= largest) {
                            return number;
                        }
                    } catch (NumberFormatException e) {
                        // refused below
                    }
                    throw new IllegalArgumentException(
                            "'%s' is no whole number from 1 to %s".formatted(text, largest));
                },
                fallback);
    }

    /**
     * Reads a value.
     *
     * @param options values by the name of their option
     * @param parser reads the text, and throws IllegalArgumentException where it cannot
     * @param fallback the value where none is given
     * @param <T> type of the value
     * @return the value
     * @throws IllegalArgumentException if the text is invalid; the message begins with the option
     */
    public <T> T parsed(Map<String, String> options, Function<String, T> parser, T fallback) {
        String text = options.get(name);
        if (text == null) {
            return fallback;
        }
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--%s: %s".formatted(name, e.getMessage()), e);
        }
    }
}
