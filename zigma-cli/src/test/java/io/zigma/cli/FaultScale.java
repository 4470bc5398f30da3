package io.zigma.cli;

/**
 * How often a fault is tried: a few times with the other tests, as often as the table in {@code
 * docs/reliability.md} says under {@code mvn verify -Pfaults}.
 */
final class FaultScale {

    private static final boolean FULL = "full".equals(System.getProperty("zigma.faults"));

    private FaultScale() {}

    /** Returns one of two numbers. */
    static int times(int full, int quick) {
        return FULL ? full : quick;
    }

    /** Tells whether this is the long run, whose table is kept. */
    static boolean isFull() {
        return FULL;
    }
}
