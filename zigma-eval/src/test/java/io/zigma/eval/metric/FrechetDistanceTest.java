package io.zigma.eval.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FrechetDistanceTest {

    @Property(tries = 30)
    void aSetIsNoDistanceFromItself(
            @ForAll @IntRange(min = 2, max = 60) int rows,
            @ForAll @IntRange(min = 1, max = 40) int columns,
            @ForAll long seed) {
        FeatureStatistics set = FeatureStatistics.of(RandomFeatures.normal(rows, columns, seed));
        assertThat(FrechetDistance.between(set, set)).isBetween(0.0, 1e-10);
    }

    @Property(tries = 30)
    void theOrderOfPicturesAndOfSetsDoesNotMatter(
            @ForAll @IntRange(min = 2, max = 60) int rows, @ForAll long seed) {
        FeatureMatrix one = RandomFeatures.normal(rows, 9, seed);
        FeatureStatistics statistics = FeatureStatistics.of(one);
        FeatureStatistics other = FeatureStatistics.of(RandomFeatures.normal(40, 9, seed + 1));
        double distance = FrechetDistance.between(statistics, other);

        assertThat(
                        FrechetDistance.between(
                                FeatureStatistics.of(RandomFeatures.shuffled(one, seed)), other))
                .isCloseTo(distance, within(1e-6));
        assertThat(FrechetDistance.between(other, statistics)).isCloseTo(distance, within(1e-6));
    }

    @Property(tries = 20)
    void rotatingBothSetsChangesNothing(
            @ForAll @IntRange(min = 2, max = 40) int rows, @ForAll long seed) {
        int features = 9;
        FeatureStatistics one = FeatureStatistics.of(RandomFeatures.normal(rows, features, seed));
        FeatureStatistics other =
                FeatureStatistics.of(RandomFeatures.normal(50, features, seed + 1));
        double[] direction = new Random(seed).doubles(features, -1, 1).toArray();

        assertThat(FrechetDistance.between(mirrored(one, direction), mirrored(other, direction)))
                .isCloseTo(FrechetDistance.between(one, other), within(1e-5));
    }

    /** Diagonal covariances: |Δμ|² + Σ (σ₁ − σ₂)², turned into others with the same root. */
    @Property(tries = 20)
    void gaussiansWithTheSameAxesHaveTheirClosedForm(
            @ForAll @IntRange(min = 1, max = 12) int features, @ForAll long seed) {
        Random random = new Random(seed);
        double[][] means = new double[2][features];
        double[][] covariances = new double[2][features * features];
        double expected = 0;
        for (int i = 0; i < features; i++) {
            double[] deviations = {random.nextInt(3), random.nextInt(5)};
            for (int set = 0; set < 2; set++) {
                means[set][i] = random.nextGaussian();
                covariances[set][i * features + i] = deviations[set] * deviations[set];
            }
            expected +=
                    Math.pow(means[0][i] - means[1][i], 2)
                            + Math.pow(deviations[0] - deviations[1], 2);
        }
        double[] direction = random.doubles(features, 0.1, 1).toArray();

        assertThat(
                        FrechetDistance.between(
                                mirrored(
                                        new FeatureStatistics(means[0], covariances[0]), direction),
                                mirrored(
                                        new FeatureStatistics(means[1], covariances[1]),
                                        direction)))
                .isCloseTo(expected, within(1e-5));
    }

    @Test
    void theDistanceToAMultipleOfACovarianceFollowsFromItsRoot() {
        FeatureStatistics one = FeatureStatistics.of(RandomFeatures.normal(200, 30, 5));
        double[] covariance = one.covariance();
        double trace = 0;
        for (int i = 0; i < 30; i++) {
            trace += covariance[i * 30 + i];
        }
        for (int i = 0; i < covariance.length; i++) {
            covariance[i] *= 9;
        }
        // (3 − 1)²·tr Σ
        assertThat(FrechetDistance.between(one, new FeatureStatistics(one.mean(), covariance)))
                .isCloseTo(4 * trace, within(1e-9));
    }

    /** Such files are off by 6e-8 of an element and so not quite positive. */
    @Test
    void statisticsRoundedToFloat32AreNearlyAsFar() {
        FeatureStatistics one = FeatureStatistics.of(RandomFeatures.normal(20, 40, 6));
        FeatureStatistics other = FeatureStatistics.of(RandomFeatures.normal(30, 40, 7));
        double distance = FrechetDistance.between(one, other);

        assertThat(FrechetDistance.between(rounded(one), rounded(other)))
                .isCloseTo(distance, within(0.005 * distance));
        assertThat(FrechetDistance.between(rounded(one), one)).isLessThan(1e-4 * distance);
    }

    @Test
    void threadsChangeNoBit() {
        FeatureStatistics one = FeatureStatistics.of(RandomFeatures.normal(700, 600, 8));
        FeatureStatistics other = FeatureStatistics.of(RandomFeatures.normal(300, 600, 9));
        assertThat(RandomFeatures.with(3, () -> FrechetDistance.between(one, other)))
                .isEqualTo(RandomFeatures.with(1, () -> FrechetDistance.between(one, other)));
    }

    @Test
    void statisticsOfOtherFeaturesAreRefused() {
        FeatureStatistics one = FeatureStatistics.of(RandomFeatures.normal(9, 3, 0));
        FeatureStatistics other = FeatureStatistics.of(RandomFeatures.normal(9, 4, 0));
        assertThatThrownBy(() -> FrechetDistance.between(one, other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 features, the other's 4");
    }

    /** Reflects by Householder's H = 1 − 2·d·dᵀ / |d|²: H·μ and H·Σ·H. */
    private static FeatureStatistics mirrored(FeatureStatistics set, double[] direction) {
        int features = set.features();
        double[] mean = set.mean();
        reflect(mean, 0, 1, direction);
        double[] covariance = set.covariance();
        for (int i = 0; i < features; i++) {
            reflect(covariance, i * features, 1, direction);
        }
        for (int i = 0; i < features; i++) {
            reflect(covariance, i, features, direction);
        }
        return new FeatureStatistics(mean, covariance);
    }

    private static void reflect(double[] values, int first, int stride, double[] direction) {
        double product = 0;
        double square = 0;
        for (int i = 0; i < direction.length; i++) {
            product += values[first + i * stride] * direction[i];
            square += direction[i] * direction[i];
        }
        for (int i = 0; i < direction.length; i++) {
            values[first + i * stride] -= 2 * product / square * direction[i];
        }
    }

    private static FeatureStatistics rounded(FeatureStatistics set) {
        double[] covariance = set.covariance();
        for (int i = 0; i < covariance.length; i++) {
            covariance[i] = (float) covariance[i];
        }
        return new FeatureStatistics(set.mean(), covariance);
    }
}
