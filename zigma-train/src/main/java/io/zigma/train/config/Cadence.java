package io.zigma.train.config;

/**
 * How often a run writes what. Nothing of it touches the weights.
 *
 * @param saveEvery steps between checkpoints, 0 for only one at the end
 * @param keep how many checkpoints stay, at least 1
 * @param sampleEvery steps between sample pictures, 0 for none
 * @param sampleCount images in a sample picture, at least 1
 * @param logEvery steps between lines in the log and points on the curves, at least 1
 */
public record Cadence(int saveEvery, int keep, int sampleEvery, int sampleCount, int logEvery) {

    /**
     * A checkpoint every 1000 steps, of which the last 3 stay; 16 samples every 1000; a line every
     * 10.
     */
    public static final Cadence DEFAULT = new Cadence(1000, 3, 1000, 16, 10);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public Cadence {
        atLeast(0, saveEvery, "steps between checkpoints");
        atLeast(1, keep, "checkpoints to keep");
        atLeast(0, sampleEvery, "steps between samples");
        atLeast(1, sampleCount, "images in a sample picture");
        atLeast(1, logEvery, "steps between lines in the log");
    }

    private static void atLeast(int least, int value, String what) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "the number of " + what + " must be " + least + " or more, not " + value);
        }
    }

    /**
     * Returns whether something that happens every so many steps is due.
     *
     * @param every its distance in steps, 0 for never
     * @param step steps taken
     * @return true if it is due after this step
     */
    public static boolean due(int every, long step) {
        return every > 0 && step % every == 0;
    }
}
