package io.zigma.pipeline;

import io.zigma.backbone.Backbone;
import io.zigma.base.GradientMode;
import io.zigma.op.Precision;

/**
 * Measures what a precision is worth on this machine. Whether products in bfloat16 are faster than
 * in float32 depends on the processor: some have the instructions and take longer with them.
 */
final class PrecisionTrial {

    /** The fastest of so many evaluations counts, since other programs only ever slow one down. */
    private static final int ROUNDS = 3;

    private PrecisionTrial() {}

    /**
     * Compares a precision with float32, in turns, after an evaluation each that is not counted.
     *
     * @param model has the precision at the end, as before
     * @param precision to compare
     * @param evaluation one forward pass of the model
     * @return its time in the precision as a multiple of that in float32, above 0
     */
    static double ratio(Backbone model, Precision precision, Runnable evaluation) {
        long rounded = Long.MAX_VALUE;
        long plain = Long.MAX_VALUE;
        try {
            for (int round = 0; round <= ROUNDS; round++) {
                long inFloat32 = nanoseconds(model, Precision.FLOAT32, evaluation);
                long inPrecision = nanoseconds(model, precision, evaluation);
                if (round > 0) {
                    plain = Math.min(plain, inFloat32);
                    rounded = Math.min(rounded, inPrecision);
                }
            }
        } finally {
            model.setPrecision(precision);
        }
        return (double) rounded / plain;
    }

    private static long nanoseconds(Backbone model, Precision precision, Runnable evaluation) {
        model.setPrecision(precision); // rounds the weights, which is not part of an evaluation
        long start = System.nanoTime();
        GradientMode.off(
                () -> {
                    evaluation.run();
                    return null;
                });
        return Math.max(1, System.nanoTime() - start);
    }
}
