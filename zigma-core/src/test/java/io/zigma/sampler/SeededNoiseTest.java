package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SeededNoiseTest {

    @Test
    void theStreamNeverChanges() {
        // A seed identifies an image: these numbers may never change.
        assertThat(SeededNoise.normal(0, 4))
                .containsExactly(-0.45275775f, 0.20776604f, 2.650606f, -0.49042282f);
    }

    @Property
    void aShorterSampleIsTheBeginningOfALongerOne(
            @ForAll long seed, @ForAll @IntRange(max = 50) int few) {
        assertThat(Arrays.copyOf(SeededNoise.normal(seed, 51), few))
                .isEqualTo(SeededNoise.normal(seed, few));
    }

    @Test
    void valuesAreStandardNormal() {
        float[] values = SeededNoise.normal(42, 200_000);
        assertThat(moment(values, 1)).isCloseTo(0, Offset.offset(0.01));
        assertThat(moment(values, 2)).isCloseTo(1, Offset.offset(0.02));
        assertThat(moment(values, 3)).isCloseTo(0, Offset.offset(0.05));
        assertThat(moment(values, 4)).isCloseTo(3, Offset.offset(0.1));
    }

    @Test
    void neighbouringSeedsHaveNothingInCommon() {
        for (long seed = -3; seed < 3; seed++) {
            assertThat(correlation(SeededNoise.normal(seed, 20_000), sample(seed + 1)))
                    .isCloseTo(0, Offset.offset(0.03));
        }
    }

    @Test
    void theSameCellOfManySeedsIsStandardNormalToo() {
        float[] firsts = new float[50_000];
        for (int seed = 0; seed < firsts.length; seed++) {
            firsts[seed] = SeededNoise.normal(seed, 1)[0];
        }
        assertThat(moment(firsts, 1)).isCloseTo(0, Offset.offset(0.02));
        assertThat(moment(firsts, 2)).isCloseTo(1, Offset.offset(0.03));
    }

    @Test
    void stepsHaveNothingInCommonWithTheStartOrWithEachOther() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NoiseSource steps = SeededNoise.steps(11);
            float[] start = SeededNoise.normal(11, 20_000);
            float[] first = steps.next(manager, new Shape(1, 20_000)).toFloatArray();
            float[] second = steps.next(manager, new Shape(1, 20_000)).toFloatArray();
            assertThat(correlation(start, first)).isCloseTo(0, Offset.offset(0.03));
            assertThat(correlation(first, second)).isCloseTo(0, Offset.offset(0.03));
        }
    }

    @Test
    void anImageStartsTheSameAloneAsInABatch() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape image = new Shape(3, 2, 2);
            assertThat(SeededNoise.start(manager, image, 8, 9).get(1).toFloatArray())
                    .isEqualTo(SeededNoise.normal(9, 12));
        }
    }

    @Test
    void aBatchOfAnotherSizeThanTheSeedsIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SeededNoise.steps(1, 2).next(manager, new Shape(3, 4)))
                    .withMessage("2 seeds make noise for that many images, not for 3");
        }
    }

    private static float[] sample(long seed) {
        return SeededNoise.normal(seed, 20_000);
    }

    private static double moment(float[] values, int power) {
        double sum = 0;
        for (float value : values) {
            sum += Math.pow(value, power);
        }
        return sum / values.length;
    }

    private static double correlation(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum / a.length;
    }

    @Test
    void noiseThatADeviceComputesIsTheSameUpToRounding() {
        try (NDManager manager = NDManager.newBaseManager()) {
            long[] seeds = {0, -1, 7, Long.MIN_VALUE, Long.MAX_VALUE, 0x1234_5678_9abc_def0L};
            Shape image = new Shape(3, 32, 21);
            int each = (int) image.size();
            float[] found = SeededNoise.onDevice(manager, image, seeds).toFloatArray();
            for (int k = 0; k < seeds.length; k++) {
                assertThat(Arrays.copyOfRange(found, k * each, (k + 1) * each))
                        .containsExactly(SeededNoise.normal(seeds[k], each), Offset.offset(1e-6f));
            }
        }
    }
}
