package io.zigma.eval.metric;

import com.google.gson.JsonElement;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Precision, recall, density and coverage of the official packages, ties included. */
@Tag("golden")
class PrdcGoldenTest {

    private static final Tolerance CLOSE = Tolerance.elementwise(1e-12, 1e-12);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("metric_prdc");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void openBallsGiveTheStrictFractions(Fixture fixture) {
        assertFractions(fixture, Ball.OPEN, "strict");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void closedBallsGiveTheFractionsWithTies(Fixture fixture) {
        assertFractions(fixture, Ball.CLOSED, "le");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void ballsReachToTheOfficialNeighbours(Fixture fixture) {
        for (String name : cases(fixture)) {
            for (JsonElement k : fixture.config().getAsJsonArray("k")) {
                for (String set : List.of("real", "fake")) {
                    double[] squared =
                            NearestNeighbours.squaredRadii(
                                    Doubles.features(fixture, "in." + name + "." + set),
                                    k.getAsInt());
                    Doubles.assertClose(
                            fixture,
                            "mid.%s.k%s.radius_%s".formatted(name, k.getAsInt(), set),
                            CLOSE,
                            Arrays.stream(squared).map(Math::sqrt).toArray());
                }
            }
        }
    }

    private static void assertFractions(Fixture fixture, Ball ball, String ending) {
        for (String name : cases(fixture)) {
            for (JsonElement k : fixture.config().getAsJsonArray("k")) {
                Prdc figures =
                        Prdc.of(
                                Doubles.features(fixture, "in." + name + ".real"),
                                Doubles.features(fixture, "in." + name + ".fake"),
                                k.getAsInt(),
                                ball);
                String out = "out.%s.k%s.%%s.%s".formatted(name, k.getAsInt(), ending);
                assertFraction(fixture, out.formatted("precision"), figures.precision());
                assertFraction(fixture, out.formatted("recall"), figures.recall());
                assertFraction(fixture, out.formatted("density"), figures.density());
                assertFraction(fixture, out.formatted("coverage"), figures.coverage());
            }
        }
    }

    private static void assertFraction(Fixture fixture, String tensor, double actual) {
        Doubles.assertClose(fixture, tensor, CLOSE, actual);
    }

    private static List<String> cases(Fixture fixture) {
        return fixture.names("in.").stream()
                .filter(tensor -> tensor.endsWith(".real"))
                .map(tensor -> tensor.substring("in.".length(), tensor.lastIndexOf('.')))
                .toList();
    }
}
