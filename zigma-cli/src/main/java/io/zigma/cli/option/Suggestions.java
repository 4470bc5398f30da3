package io.zigma.cli.option;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The right word that a wrong one was probably meant to be. */
public final class Suggestions {

    private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();
    private static final JaroWinklerSimilarity SIMILARITY = new JaroWinklerSimilarity();

    private Suggestions() {}

    /**
     * Finds the right word that is nearest to a wrong one. Case does not count; among equally near
     * ones the best common beginning decides.
     *
     * @param wrong what was given
     * @param right all that is allowed
     * @return nothing if none is near: about one edit for every three letters, and at least one
     */
    public static Optional<String> nearest(String wrong, Collection<String> right) {
        String given = wrong.toLowerCase(Locale.ROOT);
        int farthest = Math.max(1, (given.length() + 2) / 3);
        return right.stream()
                .filter(word -> distance(given, word) <= farthest)
                .min(
                        Comparator.<String>comparingInt(word -> distance(given, word))
                                .thenComparingDouble(word -> -similarity(given, word)));
    }

    /**
     * Returns the end of a refusal.
     *
     * @param wrong what was given
     * @param right all that is allowed
     * @return {@code ; did you mean 'WORD'?}, empty if none is near
     */
    public static String didYouMean(String wrong, Collection<String> right) {
        return nearest(wrong, right).map(word -> "; did you mean '%s'?".formatted(word)).orElse("");
    }

    private static int distance(String given, String word) {
        return DISTANCE.apply(given, word.toLowerCase(Locale.ROOT));
    }

    private static double similarity(String given, String word) {
        return SIMILARITY.apply(given, word.toLowerCase(Locale.ROOT));
    }
}
