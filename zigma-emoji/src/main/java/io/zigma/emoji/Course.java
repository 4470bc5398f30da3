package io.zigma.emoji;

import java.util.Random;

/**
 * What differs between clips of one thing and one motion. All numbers are whole steps, so that two
 * clips are alike or plainly not.
 *
 * @param size step between the smallest and the largest that the motion allows, 0 to {@link #STEPS}
 * @param place step from one end to the other of where the thing may be across its way, 0 to {@link
 *     #STEPS}
 * @param phase sixteenths of a period at which what repeats begins, 0 to 15
 * @param mirrored true for left and right of the drawing exchanged
 * @param turned true for turns against the clock
 */
record Course(int size, int place, int phase, boolean mirrored, boolean turned) {

    /** The largest step. */
    static final int STEPS = 16;

    private static final int PHASES = 16;

    /** Samples one at random. */
    static Course next(Random random, boolean mirrorable) {
        return new Course(
                random.nextInt(STEPS + 1),
                random.nextInt(STEPS + 1),
                random.nextInt(PHASES),
                random.nextBoolean() && mirrorable,
                random.nextBoolean());
    }

    /** Returns a size between two. */
    double scale(double smallest, double largest) {
        return smallest + (largest - smallest) * size / STEPS;
    }

    /** Returns a place from −1 to 1. */
    double aside() {
        return 2.0 * place / STEPS - 1;
    }

    /** Returns which part of the clip is over, 0 in the first frame and 1 in the last. */
    double part(int frame, int frames) {
        return frame / (frames - 1.0);
    }

    /** Returns an angle that grows by a whole turn every so many frames. */
    double period(int frame, int frames) {
        return 2 * Math.PI * ((double) frame / frames + (double) phase / PHASES);
    }
}
