package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.diffusion.TimeInterval;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class LikelihoodGoldenTest {

    private static final Tolerance NOISE = Tolerance.ofLargest(2e-5, 0);
    private static final double RELATIVE = 1e-4;

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("transport_likelihood");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void densityAndNoiseAreTheOfficialOnesForItsRandomDirections(Fixture fixture) {
        JsonObject config = fixture.config();
        DiffusionProcess process =
                new InterpolantProcess(
                        InterpolantKind.parse(config.get("path_type").getAsString()),
                        Prediction.parse(config.get("prediction").getAsString()));
        TimeInterval interval = process.samplingInterval();
        Assumptions.assumeTrue(
                Math.abs(interval.start() + interval.end() - 1) < 1e-12,
                "the official code mirrors an interval whose ends are not alike");
        String prefix = "out.logp.";
        for (String name : fixture.names(prefix)) {
            String method = name.substring(prefix.length());
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray probes = fixture.array(manager, "in.eps." + method);
                int points = config.get("num_steps").getAsInt();
                ToyModel model =
                        new ToyModel(
                                fixture.array(manager, "in.a"), fixture.array(manager, "in.b"));

                LogDensity density =
                        new Likelihood(OfficialSamplers.ode(method, points))
                                .of(
                                        new AffineModel(model),
                                        process,
                                        fixture.array(manager, "in.x"),
                                        evaluation -> probes.get(evaluation),
                                        Likelihood.Progress.NONE);

                Close.assertClose(fixture, "out.z." + method, density.noise(), NOISE);
                float[] expected = fixture.floats(name);
                for (int i = 0; i < expected.length; i++) {
                    assertThat(density.nats()[i])
                            .as("%s[%d]", name, i)
                            .isCloseTo(
                                    expected[i], Offset.offset(RELATIVE * Math.abs(expected[i])));
                }
                assertThat((long) density.evaluations()).isEqualTo(probes.size(0));
            }
        }
    }
}
