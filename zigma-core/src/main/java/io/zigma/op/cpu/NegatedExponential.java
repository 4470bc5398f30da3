package io.zigma.op.cpu;

import static io.zigma.op.cpu.VectorMath.LANES;
import static io.zigma.op.cpu.VectorMath.SPECIES;

import java.nio.FloatBuffer;
import jdk.incubator.vector.FloatVector;

/** −e to the power x of few numbers, in the calling thread. */
public final class NegatedExponential {

    // floats that are worked on together; a multiple of any vector's length
    private static final int PART = 1024;

    private NegatedExponential() {}

    /**
     * Computes all numbers, each within about two ulps.
     *
     * @param x from −87 to 87, clamped beyond
     * @param result receives −exp(x)
     * @param size how many
     */
    public static void run(FloatBuffer x, FloatBuffer result, int size) {
        float[] part = new float[PART];
        for (int start = 0; start < size; start += PART) {
            int count = Math.min(PART, size - start);
            x.get(start, part, 0, count);
            exponentiate(part, count);
            result.put(start, part, 0, count);
        }
    }

    /**
     * Computes whole vectors up to the last; the values after the end of the numbers are ignored.
     */
    private static void exponentiate(float[] part, int count) {
        for (int i = 0; i < count; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, part, i);
            VectorMath.expOfMinus(x.neg()).neg().intoArray(part, i);
        }
    }
}
