package io.zigma.base;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A choice that users write by name, on the command line or in a configuration file. */
public interface Named {

    /**
     * Returns the name that users write.
     *
     * @return lower case, words joined by hyphens
     */
    String label();

    /**
     * Finds the constant of an enum that a user named, whatever the case of the letters.
     *
     * @param what what is chosen, for the error message, such as {@code "path"}
     * @param given the name that the user wrote
     * @param choices the constants to choose from
     * @param <T> the enum
     * @return the constant of that name
     * @throws IllegalArgumentException if none has that name; the message lists all names
     */
    static <T extends Enum<T> & Named> T parse(String what, String given, T[] choices) {
        return Arrays.stream(choices)
                .filter(choice -> choice.label().equalsIgnoreCase(given.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(refusal(what, given, choices)));
    }

    private static String refusal(String what, String given, Named[] choices) {
        String labels = Arrays.stream(choices).map(Named::label).collect(Collectors.joining(", "));
        return "there is no %s '%s'; choose one of %s".formatted(what, given, labels);
    }
}
