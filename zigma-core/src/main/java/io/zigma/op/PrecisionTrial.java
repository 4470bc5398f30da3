package io.zigma.op;

/**
 * Measures what a precision is worth on this machine. Whether products in bfloat16 are faster than
 * in float32 depends on the processor: some have the instructions and take longer with them.
 */
public final class PrecisionTrial {

    /** The fastest of so many rounds counts, since other programs only ever slow one down. */
    private static final int ROUNDS = 3;

    private PrecisionTrial() {}

    /** What is timed in either precision. */
    @FunctionalInterface
    public interface Work {

        /**
         * Prepares for a precision, which is not part of the time.
         *
         * @param precision that the work is to be done in
         * @return the work
         */
        Runnable preparedFor(Precision precision);
    }

    /**
     * Compares a precision with float32, in turns, after a round that is not counted.
     *
     * @param precision to compare
     * @param work to compare; at last it is prepared for {@code precision}
     * @return the time in the precision as a multiple of that in float32, above 0
     */
    public static double ratio(Precision precision, Work work) {
        long rounded = Long.MAX_VALUE;
        long plain = Long.MAX_VALUE;
        try {
            for (int round = 0; round <= ROUNDS; round++) {
                long inFloat32 = nanoseconds(work.preparedFor(Precision.FLOAT32));
                long inPrecision = nanoseconds(work.preparedFor(precision));
                if (round > 0) {
                    plain = Math.min(plain, inFloat32);
                    rounded = Math.min(rounded, inPrecision);
                }
            }
        } finally {
            work.preparedFor(precision);
        }
        return (double) rounded / plain;
    }

    private static long nanoseconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return Math.max(1, System.nanoTime() - start);
    }
}
