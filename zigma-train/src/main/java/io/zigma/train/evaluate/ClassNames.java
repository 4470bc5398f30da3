package io.zigma.train.evaluate;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** Finds a model's classes among those of a classifier, by name. */
final class ClassNames {

    private ClassNames() {}

    /**
     * Matches classes.
     *
     * @param asked the model's
     * @param seen the classifier's
     * @return for each class of the model its number at the classifier; empty if the model has none
     *     or one of them is unknown there. A model whose classes are called by number, as many as
     *     the classifier has, means the classifier's in their order
     */
    static Optional<int[]> match(List<String> asked, List<String> seen) {
        if (asked.isEmpty()) {
            return Optional.empty();
        }
        List<String> known = seen.stream().map(ClassNames::simplified).toList();
        int[] numbers =
                asked.stream().map(ClassNames::simplified).mapToInt(known::indexOf).toArray();
        if (IntStream.of(numbers).allMatch(number -> number >= 0)) {
            return Optional.of(numbers);
        }
        boolean numbered =
                asked.size() == seen.size()
                        && IntStream.range(0, asked.size())
                                .allMatch(i -> asked.get(i).equals(Integer.toString(i)));
        return numbered
                ? Optional.of(IntStream.range(0, asked.size()).toArray())
                : Optional.empty();
    }

    private static String simplified(String name) {
        return name.strip().toLowerCase(Locale.ROOT).replaceAll("[\\s_-]+", " ");
    }
}
