package io.zigma.eval.metric;

import com.google.gson.JsonElement;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Inception Scores of both conventions for cutting pictures into parts. */
@Tag("golden")
class InceptionScoreGoldenTest {

    private static final Tolerance CLOSE = Tolerance.elementwise(1e-11, 1e-11);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("metric_inception_score");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void evenPartsScoreAsPublished(Fixture fixture) {
        assertScores(fixture, SplitRule.EVEN, "classic");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void chunksScoreAsTorchmetricsScoresThem(Fixture fixture) {
        assertScores(fixture, SplitRule.CHUNKED, "torchmetrics");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void equallyLikelyClassesScoreTheOfficialLeast(Fixture fixture) {
        FeatureMatrix logits = Doubles.features(fixture, "in.logits");
        FeatureMatrix equal =
                FeatureMatrix.of(logits.columns(), new float[logits.rows() * logits.columns()]);
        Doubles.assertClose(
                fixture,
                "out.uniform_expected",
                CLOSE,
                InceptionScore.ofLogits(equal, 1, SplitRule.EVEN).mean());
    }

    private static void assertScores(Fixture fixture, SplitRule rule, String ending) {
        for (JsonElement splits : fixture.config().getAsJsonArray("splits")) {
            String tensor = "out.splits%s.%s".formatted(splits.getAsInt(), ending);
            if (fixture.has(tensor)) {
                InceptionScore score =
                        InceptionScore.ofLogits(
                                Doubles.features(fixture, "in.logits"), splits.getAsInt(), rule);
                Doubles.assertClose(fixture, tensor, CLOSE, score.mean(), score.spread());
            }
        }
    }
}
