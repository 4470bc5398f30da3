package io.zigma.bench;

/**
 * How much time is spent on figures that are less shaken by chance.
 *
 * @param seconds how long each computation is measured, warm-up aside; above 0
 * @param fewestRounds rounds of each computation, unless one takes longer than {@code seconds}:
 *     that one is not repeated; at least 1
 * @param mostRounds rounds at which a computation has been measured well enough
 * @param warmUpSeconds the longest wait for the JVM to compile a computation, at least 0
 * @param longestSequence largest number of tokens of the scaling measurement
 * @param slowest how long a step on the reference path may be expected to take in seconds, to be
 *     taken at all
 */
public record Effort(
        double seconds,
        int fewestRounds,
        int mostRounds,
        double warmUpSeconds,
        int longestSequence,
        double slowest) {

    /** Four to five minutes for ZigMa-B on two cores. */
    public static final Effort FULL = new Effort(4, 3, 100, 2, 16_384, 60);

    /** Under a minute for ZigMa-B on two cores. */
    public static final Effort QUICK = new Effort(1.5, 1, 30, 0.7, 4_096, 0);

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException if nothing would be measured
     */
    public Effort {
        if (!(seconds > 0) || fewestRounds < 1 || mostRounds < fewestRounds) {
            throw new IllegalArgumentException(
                    "measuring needs some time and at least one round, not %s s and %s to %s rounds"
                            .formatted(seconds, fewestRounds, mostRounds));
        }
    }

    /**
     * Returns the same with another end of the scaling measurement.
     *
     * @param changed largest number of tokens
     * @return a changed copy
     */
    public Effort withLongestSequence(int changed) {
        return new Effort(seconds, fewestRounds, mostRounds, warmUpSeconds, changed, slowest);
    }

    /** Returns a fraction of it, for a computation of milliseconds or for one of many. */
    Effort part(double share) {
        return new Effort(
                seconds * share, fewestRounds, mostRounds, warmUpSeconds, longestSequence, slowest);
    }
}
