package io.zigma.op.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Exponential, softplus and sigmoid of float vectors, each within about two units in the last
 * place.
 *
 * <p>Numbers are clamped through their bits: for non-negative floats the order of the bits as
 * signed integers is the order of the numbers, and every negative float is below them. {@code
 * FloatVector.min} and {@code max} order NaN and −0 as well, which costs several times more.
 */
final class VectorMath {

    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final int LANES = SPECIES.length();

    /** log2(e). */
    static final float LOG2_E = 1.442695f;

    /** ln(2). */
    static final float LN_2 = 0.6931472f;

    // what LOG2_E leaves of log2(e)
    private static final float LOG2_E_REST = (float) (1 / Math.log(2) - LOG2_E);
    // 1.5·2^23: adding it leaves a float's nearest integer in its lowest mantissa bits
    private static final float ROUNDER = 12582912f;
    // beyond 2^-64 a state is forgotten; smaller factors would soon make denormals, which are slow
    private static final int FORGOTTEN = Float.floatToRawIntBits(64f);
    // 2^±126 are the smallest and the largest powers that stay normal floats with room to spare
    private static final int LARGEST = Float.floatToRawIntBits(126f);

    // 126·ln(2), which clamps where LARGEST does
    private static final int LIMIT = Float.floatToRawIntBits(87.33654f);

    // 2^f = 1 + f·(…) for |f| ≤ 1/2, fitted at Chebyshev nodes
    private static final float P1 = 0.69314718f;
    private static final float P2 = 0.2402265f;
    private static final float P3 = 0.05550357f;
    private static final float P4 = 0.009618057f;
    private static final float P5 = 0.0013390867f;
    private static final float P6 = 0.00015461448f;

    // 2·artanh(s) = 2s + s³·(…) of s² for s ≤ 1/3, fitted at Chebyshev nodes
    private static final float Q1 = 0.6666667f;
    private static final float Q2 = 0.4000001f;
    private static final float Q3 = 0.28570291f;
    private static final float Q4 = 0.2226508f;
    private static final float Q5 = 0.17460893f;
    private static final float Q6 = 0.20801367f;

    private VectorMath() {}

    /**
     * 2 to the power −z, where z is clamped to −126 … 64: the decay of a state in one step.
     *
     * @param z the negated power
     */
    static FloatVector decay(FloatVector z) {
        FloatVector x = atMost(atMost(z, FORGOTTEN).neg(), LARGEST);
        FloatVector rounded = x.add(ROUNDER);
        return power(x.sub(rounded.sub(ROUNDER)), rounded);
    }

    /**
     * e to the power −x, where x is clamped to about ±87.
     *
     * @param x the negated power
     */
    static FloatVector expOfMinus(FloatVector x) {
        FloatVector clamped = atMost(atMost(x.mul(LOG2_E), LARGEST).neg(), LARGEST);
        FloatVector rounded = clamped.add(ROUNDER);
        FloatVector whole = rounded.sub(ROUNDER);
        // the product again, this time exact where it was not clamped, so that large powers keep
        // all their digits; a clamped one only has to stay finite
        FloatVector minus = atMost(atMost(x, LIMIT).neg(), LIMIT);
        FloatVector rest = minus.fma(FloatVector.broadcast(SPECIES, LOG2_E), whole.neg());
        rest = minus.fma(FloatVector.broadcast(SPECIES, LOG2_E_REST), rest);
        return power(rest, rounded);
    }

    /**
     * Logistic function 1 / (1 + e^−x).
     *
     * @param x any
     */
    static FloatVector sigmoid(FloatVector x) {
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        return one.div(expOfMinus(x).add(one));
    }

    /**
     * ln(1 + e^x), without overflow for large x and without cancellation for small.
     *
     * @param x any
     */
    static FloatVector softplus(FloatVector x) {
        FloatVector w = expOfMinus(x.abs());
        FloatVector s = w.div(w.add(2f)); // ln(1 + w) = 2·artanh(w / (2 + w))
        FloatVector z = s.mul(s);
        FloatVector q = FloatVector.broadcast(SPECIES, Q6);
        q = q.fma(z, FloatVector.broadcast(SPECIES, Q5));
        q = q.fma(z, FloatVector.broadcast(SPECIES, Q4));
        q = q.fma(z, FloatVector.broadcast(SPECIES, Q3));
        q = q.fma(z, FloatVector.broadcast(SPECIES, Q2));
        q = q.fma(z, FloatVector.broadcast(SPECIES, Q1));
        FloatVector positive = x.reinterpretAsInts().max(0).reinterpretAsFloats();
        return s.mul(z).fma(q, s.add(s)).add(positive);
    }

    private static FloatVector atMost(FloatVector x, int limitBits) {
        return x.reinterpretAsInts().min(limitBits).reinterpretAsFloats();
    }

    /** 2 to the power f + k, where k stands in the lowest bits of {@code rounded}. */
    private static FloatVector power(FloatVector f, FloatVector rounded) {
        FloatVector p = FloatVector.broadcast(SPECIES, P6);
        p = p.fma(f, FloatVector.broadcast(SPECIES, P5));
        p = p.fma(f, FloatVector.broadcast(SPECIES, P4));
        p = p.fma(f, FloatVector.broadcast(SPECIES, P3));
        p = p.fma(f, FloatVector.broadcast(SPECIES, P2));
        p = p.fma(f, FloatVector.broadcast(SPECIES, P1));
        p = p.fma(f, FloatVector.broadcast(SPECIES, 1f));
        IntVector exponent = rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }
}
