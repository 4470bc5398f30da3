package io.zigma.backbone;

import java.util.Map;
import java.util.function.Function;

/**
 * A part of a backbone that people choose by name, on the command line as {@code --NAME}.
 *
 * @param name in lower case with hyphens
 * @param argument what its value is, such as {@code N}; empty for an option that is there or not
 * @param help what it decides, in a line
 */
public record BackboneOption(String name, String argument, String help) {

    /**
     * Tells whether the option is there or not, without a value.
     *
     * @param options values by the name of their option
     * @param otherwise what holds where it is not there
     * @return true if it is there
     */
    public boolean flag(Map<String, String> options, boolean otherwise) {
        return options.containsKey(name) || otherwise;
    }

    /**
     * Reads a whole number.
     *
     * @param options values by the name of their option
     * @param largest the largest that can be meant; the smallest is 1
     * @param otherwise the value where none is given
     * @return the number
     * @throws IllegalArgumentException if it is none, or out of range
     */
    public int integer(Map<String, String> options, int largest, int otherwise) {
        return parsed(
                options,
                text -> {
                    try {
                        int number = Integer.parseInt(text);
                        if (number >= 1 && number <= largest) {
                            return number;
                        }
                    } catch (NumberFormatException e) {
                        // said below
                    }
                    throw new IllegalArgumentException(
                            "'%s' is no whole number from 1 to %s".formatted(text, largest));
                },
                otherwise);
    }

    /**
     * Reads a value.
     *
     * @param options values by the name of their option
     * @param parser reads the text, and throws IllegalArgumentException where it cannot
     * @param otherwise the value where none is given
     * @param <T> what it becomes
     * @return the value
     * @throws IllegalArgumentException if the text cannot be meant; the message begins with the
     *     option
     */
    public <T> T parsed(Map<String, String> options, Function<String, T> parser, T otherwise) {
        String text = options.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--%s: %s".formatted(name, e.getMessage()), e);
        }
    }
}
