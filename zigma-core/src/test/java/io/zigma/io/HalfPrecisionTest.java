package io.zigma.io;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class HalfPrecisionTest {

    @Test
    void everyHalfHasTheValueOfTheStandard() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            int exponent = bits >>> 10 & 0x1f;
            int fraction = bits & 0x3ff;
            double sign = bits >>> 15 == 0 ? 1 : -1;
            double expected =
                    exponent == 0
                            ? sign * fraction * 0x1p-24
                            : exponent == 31
                                    ? fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN
                                    : sign * (1024 + fraction) * Math.scalb(1.0, exponent - 25);
            assertThat(HalfPrecision.fromHalf((short) bits))
                    .as("half %04x", bits)
                    .isEqualTo(Float.valueOf((float) expected));
        }
    }

    @Test
    void everyHalfSurvivesTheWayThroughFloat() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = HalfPrecision.fromHalf((short) bits);
            short back = HalfPrecision.toHalf(value);
            if (Float.isNaN(value)) {
                assertThat(HalfPrecision.fromHalf(back)).as("half %04x", bits).isNaN();
            } else {
                assertThat(back).as("half %04x", bits).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void halfwayBetweenTwoHalvesGoesToTheEvenOne() {
        // 0x7c00 means 65536 here, where overflow begins
        for (int lower = 0; lower < 0x7c00; lower++) {
            double low = HalfPrecision.fromHalf((short) lower);
            double high = lower + 1 == 0x7c00 ? 65536 : HalfPrecision.fromHalf((short) (lower + 1));
            float middle = (float) ((low + high) / 2);
            int even = lower % 2 == 0 ? lower : lower + 1;
            assertThat(HalfPrecision.toHalf(middle))
                    .as("above %04x", lower)
                    .isEqualTo((short) even);
            assertThat(HalfPrecision.toHalf(Math.nextDown(middle)))
                    .as("below the middle above %04x", lower)
                    .isEqualTo((short) lower);
            assertThat(HalfPrecision.toHalf(Math.nextUp(middle)))
                    .as("above the middle above %04x", lower)
                    .isEqualTo((short) (lower + 1));
        }
    }

    @Test
    void everyBfloat16SurvivesTheWayThroughFloat() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = HalfPrecision.fromBfloat16((short) bits);
            short back = HalfPrecision.toBfloat16(value);
            if (Float.isNaN(value)) {
                assertThat(HalfPrecision.fromBfloat16(back)).as("bfloat16 %04x", bits).isNaN();
            } else {
                assertThat(back).as("bfloat16 %04x", bits).isEqualTo((short) bits);
            }
        }
    }

    @Property(tries = 2000)
    void bfloat16IsTheNearestTiesToEven(@ForAll int bits) {
        float value = Float.intBitsToFloat(bits);
        short rounded = HalfPrecision.toBfloat16(value);
        if (Float.isNaN(value)) {
            assertThat(HalfPrecision.fromBfloat16(rounded)).isNaN();
            return;
        }
        int truncated = bits >>> 16;
        int rest = bits & 0xffff;
        boolean up = rest > 0x8000 || rest == 0x8000 && truncated % 2 == 1;
        assertThat(rounded).as("float %08x", bits).isEqualTo((short) (truncated + (up ? 1 : 0)));
    }
}
