package io.zigma.emoji;

import java.util.Random;

/**
 * How a drawing is put into its picture. All numbers are whole steps, so that two pictures are
 * alike or plainly not.
 *
 * @param percent of its size, from {@link #SMALLEST} to 100
 * @param right quarters of a pixel to the right of the middle, at 64 pixels
 * @param down quarters of a pixel below the middle, at 64 pixels
 * @param mirrored true for left and right exchanged
 */
record Jitter(int percent, int right, int down, boolean mirrored) {

    /** The smallest a drawing gets. */
    static final int SMALLEST = 90;

    /** The farthest it goes from the middle: two pixels. */
    static final int FARTHEST = 8;

    private static final int WHOLE = 100;

    /** Samples one at random. */
    static Jitter next(Random random, boolean mirrorable) {
        return new Jitter(
                SMALLEST + random.nextInt(WHOLE - SMALLEST + 1),
                random.nextInt(2 * FARTHEST + 1) - FARTHEST,
                random.nextInt(2 * FARTHEST + 1) - FARTHEST,
                random.nextBoolean() && mirrorable);
    }
}
