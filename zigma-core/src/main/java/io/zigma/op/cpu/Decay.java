package io.zigma.op.cpu;

import static io.zigma.op.cpu.VectorMath.LANES;
import static io.zigma.op.cpu.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * How much of a state is left after a step: 2 to the power −z, where z is the product of the step's
 * factor and the state's, within about two units in the last place.
 *
 * <p>A scan spends most of its time here, so there are as few operations as float32 allows: the
 * sign of the power is in the polynomial, and {@link #fill} clamps nothing that cannot occur. The
 * constants are variables of the method, because those of a class would be read again at every
 * step: the compiler cannot distinguish their memory from that of the array written to.
 */
final class Decay {

    // beyond 2^-64 a state is forgotten; smaller factors would soon make denormals, which are slow
    private static final float FORGOTTEN = 64f;

    // 2^−f = 1 + f·(…) for |f| ≤ 1/2, fitted for the smallest largest relative error, 9.2e-8
    private static final float P1 = -0.693147f;
    private static final float P2 = 0.24022242f;
    private static final float P3 = -0.05550734f;
    private static final float P4 = 0.00967151f;
    private static final float P5 = -0.00132647f;

    private Decay() {}

    /**
     * Computes the powers for a state that can only fade: z is clamped to at most 64.
     *
     * @param a the state's factors, one vector, not negative
     * @param steps the steps' factors, not negative
     * @param from index of the first step's vector
     * @param stride distance of those vectors
     * @param decays receives one vector after the other; may be {@code steps}
     * @param to index of the first of them
     * @param count how many steps
     */
    static void fill(
            FloatVector a, float[] steps, int from, int stride, float[] decays, int to, int count) {
        final FloatVector rounder = FloatVector.broadcast(SPECIES, VectorMath.ROUNDING);
        final FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        final FloatVector p1 = FloatVector.broadcast(SPECIES, P1);
        final FloatVector p2 = FloatVector.broadcast(SPECIES, P2);
        final FloatVector p3 = FloatVector.broadcast(SPECIES, P3);
        final FloatVector p4 = FloatVector.broadcast(SPECIES, P4);
        final FloatVector p5 = FloatVector.broadcast(SPECIES, P5);
        final IntVector forgotten = FloatVector.broadcast(SPECIES, FORGOTTEN).reinterpretAsInts();
        for (int i = 0; i < count; i++) {
            FloatVector z = FloatVector.fromArray(SPECIES, steps, from + i * stride).mul(a);
            FloatVector x = VectorMath.atMost(z, forgotten);
            FloatVector rounded = x.add(rounder);
            FloatVector f = x.sub(rounded.sub(rounder));
            FloatVector p = p5.fma(f, p4).fma(f, p3).fma(f, p2).fma(f, p1).fma(f, one);
            p.reinterpretAsInts()
                    .sub(rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                    .reinterpretAsFloats()
                    .intoArray(decays, to + i * LANES);
        }
    }

    /**
     * Computes the powers for a state that may grow: z is clamped to −126 … 64.
     *
     * @param a the state's factors, one vector
     * @param steps the steps' factors
     * @param from index of the first step's vector
     * @param stride distance of those vectors
     * @param decays receives one vector after the other
     * @param to index of the first of them
     * @param count how many steps
     */
    static void fillGrowing(
            FloatVector a, float[] steps, int from, int stride, float[] decays, int to, int count) {
        final IntVector largest =
                FloatVector.broadcast(SPECIES, VectorMath.LARGEST_POWER).reinterpretAsInts();
        for (int i = 0; i < count; i++) {
            FloatVector z = FloatVector.fromArray(SPECIES, steps, from + i * stride).mul(a);
            VectorMath.atMost(z.neg(), largest).neg().intoArray(decays, to + i * LANES);
        }
        fill(FloatVector.broadcast(SPECIES, 1f), decays, to, LANES, decays, to, count);
    }
}
