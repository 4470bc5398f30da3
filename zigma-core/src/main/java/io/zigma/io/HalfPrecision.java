package io.zigma.io;

/**
 * Conversions between float and the two 16-bit floating-point formats, IEEE 754 binary16 and
 * bfloat16.
 *
 * <p>Narrowing rounds to nearest, ties to even; values that are too large become infinities and a
 * NaN stays a NaN. Widening is exact. {@code Float.float16ToFloat} does the same from Java 20 on.
 */
public final class HalfPrecision {

    /** The largest finite IEEE half. */
    public static final float LARGEST_HALF = 65504;

    private static final int INFINITY_BITS = 0x7f80_0000;
    // 65520, halfway between the largest half (65504) and what would be the next; the tie is
    // rounded up
    private static final int HALF_OVERFLOW_BITS = 0x477f_f000;
    // 2^-14, the smallest half with full precision
    private static final int HALF_NORMAL_BITS = 0x3880_0000;
    // float's exponent bias less half's, 127 − 15, in place
    private static final int HALF_REBIAS = 112 << 23;

    private HalfPrecision() {}

    /**
     * Rounds a float to IEEE half precision.
     *
     * @param value any float
     * @return the 16 bits of the nearest half
     */
    public static short toHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7fff_ffff;
        if (magnitude > INFINITY_BITS) {
            return (short) (sign | 0x7e00 | magnitude >>> 13 & 0x3ff);
        }
        if (magnitude >= HALF_OVERFLOW_BITS) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < HALF_NORMAL_BITS) {
            // a subnormal half counts steps of 2^-24; the product is exact and rint breaks ties to
            // even
            return (short) (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24f));
        }
        int rounded = magnitude + 0xfff + (magnitude >>> 13 & 1);
        return (short) (sign | rounded - HALF_REBIAS >>> 13);
    }

    /**
     * Widens an IEEE half to float, exactly.
     *
     * @param half the 16 bits of a half
     * @return the same number
     */
    public static float fromHalf(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >>> 10 & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude));
        }
        if (exponent == 0x1f) {
            return Float.intBitsToFloat(sign | INFINITY_BITS | fraction << 13);
        }
        return Float.intBitsToFloat(sign | (exponent << 23) + HALF_REBIAS | fraction << 13);
    }

    /**
     * Rounds a float to bfloat16, the upper half of its bits.
     *
     * @param value any float
     * @return the 16 bits of the nearest bfloat16
     */
    public static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fff_ffff) > INFINITY_BITS) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    /**
     * Widens a bfloat16 to float, exactly.
     *
     * @param bfloat16 the 16 bits of a bfloat16
     * @return the same number
     */
    public static float fromBfloat16(short bfloat16) {
        return Float.intBitsToFloat(bfloat16 << 16);
    }
}
