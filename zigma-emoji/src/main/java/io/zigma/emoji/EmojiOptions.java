package io.zigma.emoji;

import java.util.Locale;
import java.util.Set;

/**
 * What a set of emoji is made of.
 *
 * @param size pixels of the pictures' sides, 16 to 512
 * @param train pictures to train on
 * @param test pictures to measure with, half of them of combinations that are held out
 * @param classifier pictures to train a classifier on, of all combinations
 * @param poses of the drawings in train and test; those for a classifier are always varied
 * @param coloured share of the pictures in train, of drawings that can be recoloured, that are of
 *     another colour than their own, 0 to 1; of the other parts' it is always that of {@link
 *     #defaults()}
 * @param things names of what is drawn, of {@link EmojiSet#things()}; none for all
 * @param seed of everything that is random; the same gives the same files
 */
public record EmojiOptions(
        int size,
        int train,
        int test,
        int classifier,
        Poses poses,
        double coloured,
        Set<String> things,
        long seed) {

    /** Share of recolourable drawings that are of another colour, where nobody says otherwise. */
    static final double COLOURED = 0.45;

    private static final int SMALLEST = 16;
    private static final int LARGEST = 512;
    private static final int MOST = 999_999;

    /**
     * Checks the numbers, and copies the names.
     *
     * @throws IllegalArgumentException if a number is out of range
     */
    public EmojiOptions {
        if (size < SMALLEST || size > LARGEST) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "emoji can be %d to %d pixels large, not %d",
                            SMALLEST,
                            LARGEST,
                            size));
        }
        for (int count : new int[] {train, test, classifier}) {
            if (count < 0 || count > MOST) {
                throw new IllegalArgumentException(
                        String.format(
                                Locale.ROOT,
                                "a part can have 0 to %d pictures, not %d",
                                MOST,
                                count));
            }
        }
        if (train == 0 && test > 0) {
            throw new IllegalArgumentException(
                    "half of the test pictures are of combinations that the training pictures have; without those, ask for no test pictures either");
        }
        if (!(coloured >= 0 && coloured <= 1)) {
            throw new IllegalArgumentException(
                    "the share of pictures in another colour is 0 to 1, not " + coloured);
        }
        things = Set.copyOf(things);
    }

    /**
     * Returns 64 × 64 pixels, all things in varied poses, 45 % of what can be recoloured in another
     * colour, 40,000 pictures to train on, 2,000 to test with, 30,000 for a classifier.
     *
     * @return the options
     */
    public static EmojiOptions defaults() {
        return new EmojiOptions(64, 40_000, 2_000, 30_000, Poses.VARIED, COLOURED, Set.of(), 1);
    }
}
