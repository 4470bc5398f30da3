package io.zigma.eval.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class KernelDistanceTest {

    @Property(tries = 20)
    void tilesGiveWhatTheFormulaGives(
            @ForAll @IntRange(min = 2, max = 150) int rows,
            @ForAll @IntRange(min = 2, max = 150) int others,
            @ForAll @IntRange(min = 1, max = 9) int columns,
            @ForAll long seed) {
        FeatureMatrix one = RandomFeatures.normal(rows, columns, seed);
        FeatureMatrix other = RandomFeatures.normal(others, columns, seed + 1);
        double expected =
                mean(one, one, true) + mean(other, other, true) - 2 * mean(one, other, false);

        assertThat(PolynomialKernel.cubic(columns).discrepancy(one, other))
                .isCloseTo(expected, within(1e-9 * Math.max(1, mean(one, one, true))));
    }

    @Property(tries = 20)
    void theOrderOfPicturesAndOfSetsDoesNotMatter(@ForAll long seed) {
        FeatureMatrix one = RandomFeatures.normal(70, 5, seed);
        FeatureMatrix other = RandomFeatures.normal(80, 5, seed + 1);
        PolynomialKernel kernel = PolynomialKernel.cubic(5);
        double discrepancy = kernel.discrepancy(one, other);

        assertThat(kernel.discrepancy(RandomFeatures.shuffled(one, seed), other))
                .isCloseTo(discrepancy, within(1e-8));
        assertThat(kernel.discrepancy(other, one)).isCloseTo(discrepancy, within(1e-8));
    }

    /** Degree 1 without coefficient compares means: E|x̄ − ȳ|², here of constant sets. */
    @Test
    void aLinearKernelMeasuresTheDistanceOfTheMeans() {
        FeatureMatrix one = FeatureMatrix.of(2, new float[] {1, 2, 1, 2, 1, 2});
        FeatureMatrix other = FeatureMatrix.of(2, new float[] {4, 6, 4, 6});
        assertThat(new PolynomialKernel(1, 1, 0).discrepancy(one, other))
                .isCloseTo(25, within(1e-12));
    }

    @Test
    void equalDistributionsAreNearZeroAndOthersAreNot() {
        FeatureMatrix one = RandomFeatures.normal(400, 4, 1);
        FeatureMatrix same = RandomFeatures.normal(400, 4, 2);
        float[] shifted = same.values().clone();
        for (int i = 0; i < shifted.length; i++) {
            shifted[i] += 2;
        }
        KernelSubsets subsets = KernelSubsets.sample(400, 400, 100, 20, 3);
        PolynomialKernel kernel = PolynomialKernel.cubic(4);
        KernelDistance near = KernelDistance.between(one, same, kernel, subsets);
        KernelDistance far =
                KernelDistance.between(one, FeatureMatrix.of(4, shifted), kernel, subsets);

        assertThat(Math.abs(near.mean())).isLessThan(3 * near.spread());
        assertThat(far.mean()).isGreaterThan(10 * Math.abs(near.mean()));
    }

    @Property
    void subsetsHaveTheirSizeAndRepeatNoPicture(
            @ForAll @IntRange(min = 2, max = 40) int rows,
            @ForAll @IntRange(min = 0, max = 10) int more,
            @ForAll long seed) {
        KernelSubsets subsets = KernelSubsets.sample(rows, rows + more, rows, 3, seed);
        assertSubsets(subsets.real(), rows, rows);
        assertSubsets(subsets.generated(), rows, rows + more);
    }

    private static void assertSubsets(List<int[]> subsets, int size, int rows) {
        assertThat(subsets).hasSize(3);
        for (int[] subset : subsets) {
            assertThat(subset).hasSize(size).doesNotHaveDuplicates();
            assertThat(Arrays.stream(subset)).allMatch(row -> row >= 0 && row < rows);
        }
    }

    @Test
    void aSeedAlwaysGivesTheSameSubsets() {
        KernelSubsets once = KernelSubsets.sample(100, 90, 10, 2, 42);
        KernelSubsets again = KernelSubsets.sample(100, 90, 10, 2, 42);
        KernelSubsets other = KernelSubsets.sample(100, 90, 10, 2, 43);
        assertThat(again.real().get(1)).containsExactly(once.real().get(1));
        assertThat(again.generated().get(1)).containsExactly(once.generated().get(1));
        assertThat(Arrays.equals(other.real().get(0), once.real().get(0))).isFalse();
    }

    @Test
    void threadsChangeNoBit() {
        FeatureMatrix one = RandomFeatures.normal(300, 10, 8);
        FeatureMatrix other = RandomFeatures.normal(250, 10, 9);
        PolynomialKernel kernel = PolynomialKernel.cubic(10);
        assertThat(RandomFeatures.with(3, () -> kernel.discrepancy(one, other)))
                .isEqualTo(RandomFeatures.with(1, () -> kernel.discrepancy(one, other)));
    }

    @Test
    void subsetsLargerThanASetAreRefused() {
        assertThatThrownBy(() -> KernelSubsets.sample(100, 50, 60, 10, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("choose a size from 2 to 50");
    }

    private static double mean(FeatureMatrix one, FeatureMatrix other, boolean sameSet) {
        double sum = 0;
        int pairs = 0;
        for (int row = 0; row < one.rows(); row++) {
            for (int point = 0; point < other.rows(); point++) {
                if (sameSet && row == point) {
                    continue;
                }
                double product = 0;
                for (int i = 0; i < one.columns(); i++) {
                    product += (double) one.at(row, i) * other.at(point, i);
                }
                sum += Math.pow(product / one.columns() + 1, 3);
                pairs++;
            }
        }
        return sum / pairs;
    }
}
