package io.zigma.eval.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zigma.testing.Tolerance;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FeatureStatisticsTest {

    @Property(tries = 20)
    void theyAreThoseOfTheTwoPassFormula(
            @ForAll @IntRange(min = 2, max = 700) int rows,
            @ForAll @IntRange(min = 1, max = 21) int columns,
            @ForAll long seed) {
        FeatureMatrix features = RandomFeatures.normal(rows, columns, seed);
        FeatureStatistics statistics = FeatureStatistics.of(features);

        double[] mean = new double[columns];
        double[] covariance = new double[columns * columns];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < columns; i++) {
                mean[i] += features.at(row, i) / (double) rows;
            }
        }
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < columns; i++) {
                for (int j = 0; j < columns; j++) {
                    covariance[i * columns + j] +=
                            (features.at(row, i) - mean[i])
                                    * (features.at(row, j) - mean[j])
                                    / (rows - 1);
                }
            }
        }
        Tolerance rounding = Tolerance.ofLargest(1e-12, 1e-12);
        Doubles.assertClose("mean", mean, rounding, statistics.mean());
        Doubles.assertClose("covariance", covariance, rounding, statistics.covariance());
    }

    @Property(tries = 20)
    void batchesChangeNoBit(
            @ForAll @IntRange(min = 2, max = 700) int rows,
            @ForAll @IntRange(min = 1, max = 300) int batch,
            @ForAll long seed) {
        FeatureMatrix features = RandomFeatures.normal(rows, 7, seed);
        StatisticsAccumulator accumulator = new StatisticsAccumulator(7);
        for (int from = 0; from < rows; from += batch) {
            accumulator.add(RandomFeatures.rows(features, from, Math.min(from + batch, rows)));
            if (accumulator.count() >= 2) {
                // reading them in between changes nothing either
                assertThat(accumulator.statistics().features()).isEqualTo(7);
            }
        }

        assertThat(accumulator.count()).isEqualTo(rows);
        assertSame(accumulator.statistics(), FeatureStatistics.of(features));
    }

    @Test
    void threadsChangeNoBit() {
        FeatureMatrix features = RandomFeatures.normal(600, 70, 1);
        assertSame(
                RandomFeatures.with(1, () -> FeatureStatistics.of(features)),
                RandomFeatures.with(3, () -> FeatureStatistics.of(features)));
    }

    @Test
    void aFarAwayMeanCostsNoDigits() {
        float[] values = new float[1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = 1 << 22 | i % 2;
        }
        assertThat(FeatureStatistics.of(FeatureMatrix.of(1, values)).covariance()[0])
                .isEqualTo(0.25 * 1000 / 999);
    }

    @Test
    void onePictureHasNoCovariance() {
        FeatureMatrix one = FeatureMatrix.of(2, new float[] {1, 2});
        assertThatThrownBy(() -> FeatureStatistics.of(one))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 2");
    }

    @Test
    void whatIsNoCovarianceIsRefused() {
        assertRefused("symmetric", 1, 0.5, 0.25, 1);
        assertRefused("variance -1", -1, 0, 0, 1);
        assertRefused("beyond", 1, 2, 2, 1);
        assertRefused("finite", 1, Double.NaN, 0, 1);
        assertRefused("2 × 2 = 4", 1, 0, 0);
    }

    private static void assertRefused(String reason, double... covariance) {
        assertThatThrownBy(() -> new FeatureStatistics(new double[2], covariance))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    static void assertSame(FeatureStatistics one, FeatureStatistics other) {
        assertThat(one.mean()).as("mean").containsExactly(other.mean());
        assertThat(one.covariance()).as("covariance").containsExactly(other.covariance());
    }

    @Property(tries = 30)
    void mergedStatisticsAreThoseOfAllPictures(
            @ForAll @IntRange(min = 0, max = 700) int first, @ForAll long seed) {
        FeatureMatrix all = RandomFeatures.normal(700, 6, seed);
        StatisticsAccumulator one = new StatisticsAccumulator(6);
        StatisticsAccumulator other = new StatisticsAccumulator(6);
        if (first > 0) {
            one.add(RandomFeatures.rows(all, 0, first));
        }
        if (first < 700) {
            other.add(RandomFeatures.rows(all, first, 700));
        }
        one.merge(other);

        FeatureStatistics merged = one.statistics();
        FeatureStatistics whole = FeatureStatistics.of(all);
        assertThat(one.count()).isEqualTo(700);
        for (int i = 0; i < 6; i++) {
            assertThat(merged.mean()[i]).isCloseTo(whole.mean()[i], within(1e-12));
        }
        for (int i = 0; i < 36; i++) {
            assertThat(merged.covariance()[i]).isCloseTo(whole.covariance()[i], within(1e-11));
        }
    }

    @Test
    void whatIsMergedGoesOnAsIfItHadBeenAdded() {
        FeatureMatrix all = RandomFeatures.normal(900, 4, 3);
        StatisticsAccumulator one = new StatisticsAccumulator(4);
        StatisticsAccumulator other = new StatisticsAccumulator(4);
        one.add(RandomFeatures.rows(all, 0, 100));
        other.add(RandomFeatures.rows(all, 100, 400));
        one.merge(other);
        one.add(RandomFeatures.rows(all, 400, 900));

        FeatureStatistics whole = FeatureStatistics.of(all);
        assertThat(other.count()).isEqualTo(300);
        for (int i = 0; i < 16; i++) {
            assertThat(one.statistics().covariance()[i])
                    .isCloseTo(whole.covariance()[i], within(1e-11));
        }
    }
}
