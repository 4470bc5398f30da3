package io.zigma.condition;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Finds classes by what people call them. */
public final class ClassNames {

    private ClassNames() {}

    /**
     * Returns a class's number.
     *
     * @param given its name in any case, with spaces, hyphens or underscores between its words, or
     *     its number in decimal
     * @param names the names of all classes in order
     * @return 0 … classes − 1, or nothing if there is no such class
     */
    public static OptionalInt find(String given, List<String> names) {
        String wanted = simplified(given);
        OptionalInt byName =
                IntStream.range(0, names.size())
                        .filter(number -> simplified(names.get(number)).equals(wanted))
                        .findFirst();
        return byName.isPresent()
                ? byName
                : IntStream.range(0, names.size())
                        .filter(number -> Integer.toString(number).equals(wanted))
                        .findFirst();
    }

    /**
     * Matches classes of two lists.
     *
     * @param given names of some classes; those that are called by number mean the others in their
     *     order
     * @param names the names of the classes they are looked for among
     * @return each class's number among the others; empty if there is no class or one is not there
     */
    public static Optional<int[]> numbers(List<String> given, List<String> names) {
        int[] numbers = new int[given.size()];
        for (int i = 0; i < numbers.length; i++) {
            OptionalInt found = find(given.get(i), names);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            numbers[i] = found.getAsInt();
        }
        return given.isEmpty() ? Optional.empty() : Optional.of(numbers);
    }

    private static String simplified(String name) {
        return name.strip().toLowerCase(Locale.ROOT).replaceAll("[\\s_-]+", " ");
    }
}
