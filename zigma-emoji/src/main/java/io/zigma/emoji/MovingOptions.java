package io.zigma.emoji;

import java.util.EnumSet;
import java.util.Set;

/**
 * What a set of moving emoji is made of.
 *
 * @param size pixels of the frames' sides, 16 to 128
 * @param frames of each clip, 8 to 64
 * @param train clips to train on
 * @param test clips to measure with, half of them of combinations that are held out
 * @param classifier clips to train a classifier on, of all combinations
 * @param things names of what is drawn, of {@link EmojiSet#things()}; none for all
 * @param styles whose drawings move; captions name the style where there are several
 * @param seed of everything that is random; the same gives the same files
 */
public record MovingOptions(
        int size,
        int frames,
        int train,
        int test,
        int classifier,
        Set<String> things,
        Set<Style> styles,
        long seed) {

    private static final int SMALLEST = 16;
    private static final int LARGEST = 128;
    private static final int FEWEST_FRAMES = 8;
    private static final int MOST_FRAMES = 64;
    private static final int MOST = 999_999;

    /**
     * Checks the numbers, and copies the names.
     *
     * @throws IllegalArgumentException if a number is out of range
     */
    public MovingOptions {
        if (size < SMALLEST || size > LARGEST) {
            throw new IllegalArgumentException(
                    "moving emoji can be %s to %s pixels large, not %s"
                            .formatted(SMALLEST, LARGEST, size));
        }
        if (frames < FEWEST_FRAMES || frames > MOST_FRAMES) {
            throw new IllegalArgumentException(
                    "moving emoji can have %s to %s frames, not %s"
                            .formatted(FEWEST_FRAMES, MOST_FRAMES, frames));
        }
        for (int count : new int[] {train, test, classifier}) {
            if (count < 0 || count > MOST) {
                throw new IllegalArgumentException(
                        "a part can have 0 to %s clips, not %s".formatted(MOST, count));
            }
        }
        if (train == 0 && test > 0) {
            throw new IllegalArgumentException(
                    "half of the test clips are of combinations that the training clips have; without those, ask for no test clips either");
        }
        if (styles.isEmpty()) {
            throw new IllegalArgumentException("moving emoji are drawn in at least one style");
        }
        things = Set.copyOf(things);
        styles = Set.copyOf(styles);
    }

    /**
     * Returns 16 frames of 32 × 32 pixels, 16,000 clips to train on, 1,000 to test with, 12,000 for
     * classifiers, all drawn as Fluent Emoji.
     *
     * @return the options
     */
    public static MovingOptions defaults() {
        return new MovingOptions(
                32, 16, 16_000, 1_000, 12_000, Set.of(), EnumSet.of(Style.FLUENT), 1);
    }

    /** Returns what is left of every part when half of its clips are of animations. */
    MovingOptions withoutAnimated() {
        return new MovingOptions(
                size,
                frames,
                train - train / 2,
                test - test / 2,
                classifier - classifier / 2,
                things,
                styles,
                seed);
    }
}
