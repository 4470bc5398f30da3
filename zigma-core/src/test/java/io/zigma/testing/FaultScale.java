package io.zigma.testing;

/**
 * How often a fault is tried: a few times with the other tests, as often as the table in {@code
 * docs/reliability.md} says under {@code mvn verify -Pfaults}.
 */
public final class FaultScale {

    private static final boolean FULL = "full".equals(System.getProperty("zigma.faults"));

    private FaultScale() {}

    /**
     * Returns one of two numbers.
     *
     * @param full how often in the long run
     * @param quick how often with the other tests
     * @return the one that holds now
     */
    public static int times(int full, int quick) {
        return FULL ? full : quick;
    }

    /**
     * Returns whether this is the long run, whose table is stored.
     *
     * @return true under the profile {@code faults}
     */
    public static boolean isFull() {
        return FULL;
    }
}
