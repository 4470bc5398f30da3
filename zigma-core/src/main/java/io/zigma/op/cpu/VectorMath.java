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

    /** 1.5·2^23: adding it leaves a float's nearest integer in its lowest mantissa bits. */
    static final float ROUNDING = 12582912f;

    /** 2^±this are the smallest and largest powers that stay normal floats with room to spare. */
    static final float LARGEST_POWER = 126f;

    // Constants are stored as vectors, because a broadcast takes a good deal of what the compiler
    // is
    // willing to inline into one method.
    private static final FloatVector ONE = constant(1f);
    private static final FloatVector TWO = constant(2f);
    private static final IntVector ZERO_BITS = constant(0f).reinterpretAsInts();

    // what LOG2_E leaves of log2(e)
    private static final FloatVector LOG2_E_REST = constant((float) (1 / Math.log(2) - LOG2_E));
    private static final FloatVector LOG2_E_VECTOR = constant(LOG2_E);
    private static final FloatVector ROUNDER = constant(ROUNDING);
    private static final IntVector LARGEST = constant(LARGEST_POWER).reinterpretAsInts();

    // 126·ln(2), which clamps where LARGEST does
    private static final IntVector LIMIT = constant(87.33654f).reinterpretAsInts();

    // 2^f = 1 + f·(…) for |f| ≤ 1/2, fitted at Chebyshev nodes
    private static final FloatVector P1 = constant(0.6931472f);
    private static final FloatVector P2 = constant(0.2402265f);
    private static final FloatVector P3 = constant(0.05550357f);
    private static final FloatVector P4 = constant(0.009618057f);
    private static final FloatVector P5 = constant(0.0013390867f);
    private static final FloatVector P6 = constant(0.00015461448f);

    // 2·artanh(s) = 2s + s³·(…) of s² for s ≤ 1/3, fitted at Chebyshev nodes
    private static final FloatVector Q1 = constant(0.6666667f);
    private static final FloatVector Q2 = constant(0.4000001f);
    private static final FloatVector Q3 = constant(0.2857029f);
    private static final FloatVector Q4 = constant(0.2226508f);
    private static final FloatVector Q5 = constant(0.17460893f);
    private static final FloatVector Q6 = constant(0.20801367f);

    private VectorMath() {}

    /**
     * e to the power −x, where x is clamped to about ±87.
     *
     * @param x the negated power
     */
    static FloatVector expOfMinus(FloatVector x) {
        FloatVector clamped = atMost(atMost(x.mul(LOG2_E_VECTOR), LARGEST).neg(), LARGEST);
        FloatVector rounded = clamped.add(ROUNDER);
        FloatVector whole = rounded.sub(ROUNDER);
        // the product again, this time exact where it was not clamped, so that large powers have
        // all their digits; a clamped one only has to stay finite
        FloatVector minus = atMost(atMost(x, LIMIT).neg(), LIMIT);
        FloatVector rest = minus.fma(LOG2_E_VECTOR, whole.neg());
        rest = minus.fma(LOG2_E_REST, rest);
        return power(rest, rounded);
    }

    /**
     * Logistic function 1 / (1 + e^−x).
     *
     * @param x any
     */
    static FloatVector sigmoid(FloatVector x) {
        return ONE.div(expOfMinus(x).add(ONE));
    }

    /**
     * ln(1 + e^x), without overflow for large x and without cancellation for small.
     *
     * @param x any
     */
    static FloatVector softplus(FloatVector x) {
        FloatVector w = expOfMinus(x.abs());
        FloatVector s = w.div(w.add(TWO)); // ln(1 + w) = 2·artanh(w / (2 + w))
        FloatVector z = s.mul(s);
        FloatVector q = Q6;
        q = q.fma(z, Q5);
        q = q.fma(z, Q4);
        q = q.fma(z, Q3);
        q = q.fma(z, Q2);
        q = q.fma(z, Q1);
        FloatVector positive = x.reinterpretAsInts().max(ZERO_BITS).reinterpretAsFloats();
        return s.mul(z).fma(q, s.add(s)).add(positive);
    }

    private static FloatVector constant(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    static FloatVector atMost(FloatVector x, IntVector limitBits) {
        return x.reinterpretAsInts().min(limitBits).reinterpretAsFloats();
    }

    /** 2 to the power f + k, where k is in the lowest bits of {@code rounded}. */
    private static FloatVector power(FloatVector f, FloatVector rounded) {
        FloatVector p = P6;
        p = p.fma(f, P5);
        p = p.fma(f, P4);
        p = p.fma(f, P3);
        p = p.fma(f, P2);
        p = p.fma(f, P1);
        p = p.fma(f, ONE);
        IntVector exponent = rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }
}
