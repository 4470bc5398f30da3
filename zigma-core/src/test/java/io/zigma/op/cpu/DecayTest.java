package io.zigma.op.cpu;

import static io.zigma.op.cpu.VectorMath.LANES;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DecayTest {

    @Property
    void fadingIsAPowerOfTwo(@ForAll @FloatRange(min = 0, max = 64) float z) {
        assertIsPower(fill(z, 1)[0], z);
    }

    @Property
    void growingIsAPowerOfTwo(@ForAll @FloatRange(min = -126, max = 64) float z) {
        assertIsPower(fillGrowing(z, 1)[0], z);
    }

    @Test
    void aStateFadesOrGrowsOnlySoFarInOneStep() {
        for (float z : new float[] {64, 100, 1e6f, Float.MAX_VALUE, Float.POSITIVE_INFINITY}) {
            assertThat(fill(z, 1)[0]).as("at %s", z).isEqualTo(Math.scalb(1f, -64));
            assertThat(fillGrowing(z, 1)[0]).as("at %s", z).isEqualTo(Math.scalb(1f, -64));
            assertThat(fillGrowing(-z, 1)[0])
                    .as("at %s", -z)
                    .isEqualTo(Math.scalb(1f, (int) Math.min(z, 126)));
        }
    }

    @Test
    void aStateDoesNotDecayWhenDeltaIsZero() {
        assertThat(fill(0, 1)[0]).isEqualTo(1f);
        assertThat(fillGrowing(0, 1)[0]).isEqualTo(1f);
        assertThat(fillGrowing(-0f, 1)[0]).isEqualTo(1f);
    }

    @Property
    void everyStepHasAVectorOfItsOwn(@ForAll @IntRange(min = 1, max = 33) int count) {
        for (float[] decays : new float[][] {fill(0.25f, count), fillGrowing(0.25f, count)}) {
            for (int i = 0; i < count; i++) {
                assertIsPower(decays[i * LANES], 0.25f * (i + 1));
                assertIsPower(decays[(i + 1) * LANES - 1], 0.25f * (i + 1));
            }
            assertThat(decays[count * LANES]).isZero();
        }
    }

    private static void assertIsPower(float actual, float z) {
        double expected = Math.pow(2, -z);
        double units = 2 * Math.ulp((float) expected);
        assertThat((double) actual).as("at %s", z).isBetween(expected - units, expected + units);
    }

    /** Powers of −a, −2·a, … */
    private static float[] fill(float a, int count) {
        float[] decays = new float[(count + 1) * LANES];
        Decay.fill(vector(a), steps(count), 3, 2 * LANES, decays, 0, count);
        return decays;
    }

    private static float[] fillGrowing(float a, int count) {
        float[] decays = new float[(count + 1) * LANES];
        float[] steps = steps(count);
        Decay.fillGrowing(vector(a), steps, 3, 2 * LANES, decays, 0, count);
        return decays;
    }

    private static FloatVector vector(float a) {
        return FloatVector.broadcast(VectorMath.SPECIES, a);
    }

    /** Vectors of 1, 2, … with a gap between them. */
    private static float[] steps(int count) {
        float[] steps = new float[3 + 2 * LANES * count];
        for (int i = 0; i < count; i++) {
            Arrays.fill(steps, 3 + 2 * LANES * i, 3 + 2 * LANES * i + LANES, i + 1);
        }
        return steps;
    }
}
