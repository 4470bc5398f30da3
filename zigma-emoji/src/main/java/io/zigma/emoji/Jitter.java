package io.zigma.emoji;

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

    /** The largest a drawing gets, the whole side. */
    static final int WHOLE = 100;
}
