package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoiseSphereTest {

    private static final float[] A = SeededNoise.normal(7, 300);
    private static final float[] B = SeededNoise.normal(8, 300);

    @Test
    void noneOfTheWayIsTheNoiseItself() {
        assertThat(NoiseSphere.around(A, B, 0)).isEqualTo(A).isNotSameAs(A);
        assertThat(NoiseSphere.between(A, B, 0)).isEqualTo(A).isNotSameAs(A);
    }

    @Test
    void allOfTheWayBetweenIsTheOther() {
        assertThat(NoiseSphere.between(A, B, 1)).isEqualTo(B).isNotSameAs(B);
    }

    @Test
    void allOfTheWayAroundIsTheDirectionOfTheOther() {
        float[] end = NoiseSphere.around(A, B, 1);

        assertThat(cosine(end, B)).isCloseTo(1, Offset.offset(1e-6));
        assertThat(norm(B)).isNotCloseTo(norm(A), Offset.offset(1e-2));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 0.9, 1})
    void noiseAroundANoiseHasItsNorm(double fraction) {
        assertThat(norm(NoiseSphere.around(A, B, fraction)))
                .isCloseTo(norm(A), Offset.offset(1e-4));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.25, 0.5, 0.75})
    void theFractionIsThatOfTheAngle(double fraction) {
        float[] between = NoiseSphere.between(A, B, fraction);

        assertThat(Math.acos(cosine(A, between)))
                .isCloseTo(fraction * Math.acos(cosine(A, B)), Offset.offset(1e-4));
        assertThat(norm(between))
                .isCloseTo((1 - fraction) * norm(A) + fraction * norm(B), Offset.offset(1e-4));
    }

    @Test
    void aNoiseAndItselfHaveNothingBetween() {
        assertThat(norm(NoiseSphere.between(A, A, 0.5))).isCloseTo(norm(A), Offset.offset(1e-4));
        assertThat(cosine(NoiseSphere.between(A, A, 0.5), A)).isCloseTo(1, Offset.offset(1e-6));
    }

    @Test
    void everySampleOfABatchIsOnItsOwnWay() {
        Shape image = new Shape(1, 3, 5);
        try (NDManager manager = NDManager.newBaseManager()) {
            long[] seeds = {7, 7, 7};
            long[] others = {8, 9, 9};
            double[] fractions = {0, 0.5, 1};
            NDArray batch =
                    NoiseSphere.start(
                            manager, image, seeds, others, fractions, NoiseSphere::between);
            for (int k = 0; k < 3; k++) {
                assertThat(batch.get(k).toFloatArray())
                        .isEqualTo(
                                NoiseSphere.between(
                                        SeededNoise.normal(7, 15),
                                        SeededNoise.normal(others[k], 15),
                                        fractions[k]));
            }
        }
    }

    @Test
    void theNoiseOfStepsGoesTheSameWay() {
        Shape batch = new Shape(1, 2, 4);
        try (NDManager manager = NDManager.newBaseManager()) {
            NoiseSource between =
                    NoiseSphere.steps(
                            SeededNoise.steps(7),
                            SeededNoise.steps(8),
                            new double[] {0.3},
                            NoiseSphere::around);
            NoiseSource first = SeededNoise.steps(7);
            NoiseSource second = SeededNoise.steps(8);
            for (int step = 0; step < 3; step++) {
                assertThat(between.next(manager, batch).toFloatArray())
                        .isEqualTo(
                                NoiseSphere.around(
                                        first.next(manager, batch).toFloatArray(),
                                        second.next(manager, batch).toFloatArray(),
                                        0.3));
            }
        }
    }

    @Test
    void noisesOfTwoSizesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NoiseSphere.between(A, new float[3], 0.5))
                .withMessageContaining("300");
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    private static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum / norm(a) / norm(b);
    }
}
