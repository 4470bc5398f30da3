package io.zigma.eval.metric;

import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fréchet distances of the official code and of exact symmetric eigenvalues. */
@Tag("golden")
class FrechetDistanceGoldenTest {

    /** Both ways of taking the root are exact to about ε^½ where covariances lack rank. */
    private static final Tolerance EXACT = Tolerance.elementwise(1e-9, 2e-8);

    /** The official root of a singular product has fewer correct digits. */
    private static final Tolerance OFFICIAL = Tolerance.elementwise(1e-6, 1e-6);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("metric_frechet");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void featuresAreAsFarApartAsExactEigenvaluesSay(Fixture fixture) {
        for (String name : cases(fixture, ".real")) {
            Doubles.assertClose(
                    fixture, "out." + name + ".exact", EXACT, ofFeatures(fixture, name));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theDistanceIsTheOfficialCodes(Fixture fixture) {
        for (String name : cases(fixture, ".real")) {
            Doubles.assertClose(
                    fixture, "out." + name + ".official", OFFICIAL, ofFeatures(fixture, name));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void diagonalCovariancesHaveTheirClosedForm(Fixture fixture) {
        for (String name : cases(fixture, ".mu1")) {
            Doubles.assertClose(
                    fixture,
                    "out." + name + ".exact",
                    EXACT,
                    FrechetDistance.between(
                            diagonal(fixture, name, "1"), diagonal(fixture, name, "2")));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void meansAndCovariancesAreTheOfficialOnes(Fixture fixture) {
        for (String tensor : fixture.names("mid.")) {
            String[] parts = tensor.split("\\.");
            String set = parts[2].substring(parts[2].indexOf('_') + 1);
            FeatureStatistics statistics =
                    FeatureStatistics.of(Doubles.features(fixture, "in." + parts[1] + "." + set));
            Doubles.assertClose(
                    fixture,
                    tensor,
                    Tolerance.ofLargest(1e-13, 0),
                    parts[2].startsWith("mu") ? statistics.mean() : statistics.covariance());
        }
    }

    private static List<String> cases(Fixture fixture, String ending) {
        return fixture.names("in.").stream()
                .filter(tensor -> tensor.endsWith(ending))
                .map(tensor -> tensor.substring("in.".length(), tensor.length() - ending.length()))
                .toList();
    }

    private static double ofFeatures(Fixture fixture, String name) {
        return FrechetDistance.between(
                FeatureStatistics.of(Doubles.features(fixture, "in." + name + ".real")),
                FeatureStatistics.of(Doubles.features(fixture, "in." + name + ".fake")));
    }

    private static FeatureStatistics diagonal(Fixture fixture, String name, String set) {
        double[] mean = Doubles.of(fixture, "in." + name + ".mu" + set);
        double[] variances = Doubles.of(fixture, "in." + name + ".var" + set);
        double[] covariance = new double[mean.length * mean.length];
        for (int i = 0; i < mean.length; i++) {
            covariance[i * mean.length + i] = variances[i];
        }
        return new FeatureStatistics(mean, covariance);
    }
}
