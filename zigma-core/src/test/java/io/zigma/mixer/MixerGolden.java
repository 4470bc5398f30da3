package io.zigma.mixer;

import io.zigma.testing.Fixture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every mixer is compared with, of the fixtures that {@code fixtures()} returns. */
abstract class MixerGolden {

    /** Makes the mixer of a fixture as the official code computes it. */
    abstract GoldenMixer mixer(Fixture fixture);

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialOutput(Fixture fixture) {
        try (GoldenMixer mixer = mixer(fixture)) {
            mixer.assertValues("out.y");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialGradientsThroughTheEnginesGraph(Fixture fixture) {
        try (GoldenMixer mixer = mixer(fixture)) {
            mixer.assertGradientsThroughTheEnginesGraph();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialGradientsThroughTheTape(Fixture fixture) {
        try (GoldenMixer mixer = mixer(fixture)) {
            mixer.assertGradientsThroughTheTape();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void givesTheOfficialGradientsWhenRecomputed(Fixture fixture) {
        try (GoldenMixer mixer = mixer(fixture)) {
            mixer.assertGradientsWhenRecomputed();
        }
    }
}
