package io.zigma.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class InterpolantGoldenTest {

    private static final Tolerance TIGHT = Tolerance.elementwise(2e-5, 1e-6);
    // Where the official float32 code subtracts nearly equal numbers.
    private static final Tolerance NEAR_THE_ENDS = Tolerance.elementwise(1e-3, 1e-6);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("transport_path");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theFourFunctionsAgreeWithTheOfficialOnes(Fixture fixture) {
        Interpolant path = path(fixture);
        check(fixture, "out.alpha", path::alpha, TIGHT);
        check(fixture, "out.sigma", path::sigma, NEAR_THE_ENDS);
        check(fixture, "out.d_alpha", path::alphaRate, NEAR_THE_ENDS);
        check(fixture, "out.d_sigma", path::sigmaRate, NEAR_THE_ENDS);
        check(fixture, "out.d_log_alpha", path::logAlphaRate, NEAR_THE_ENDS);
        check(fixture, "out.drift_diffusion", path::forwardDiffusion, NEAR_THE_ENDS);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theEndsAgreeWithTheOfficialOnesAndAreInfiniteOnlyWhereTheRateIs(Fixture fixture) {
        Interpolant path = path(fixture);
        float[] times = fixture.floats("in.t_edge");
        for (String name : fixture.names("out.edge_")) {
            DoubleUnaryOperator function =
                    switch (name) {
                        case "out.edge_alpha" -> path::alpha;
                        case "out.edge_sigma" -> path::sigma;
                        case "out.edge_d_alpha" -> path::alphaRate;
                        case "out.edge_d_sigma" -> path::sigmaRate;
                        default -> throw new AssertionError("an unknown function " + name);
                    };
            float[] expected = fixture.floats(name);
            for (int i = 0; i < times.length; i++) {
                double actual = function.applyAsDouble(times[i]);
                if (name.equals("out.edge_d_sigma") && isSteep(path, times[i])) {
                    // the official code has 0 there, for a rate that is none
                    assertThat(expected[i]).as("%s %s", fixture, name).isZero();
                    assertThat(actual)
                            .as("%s %s at %s", fixture, name, times[i])
                            .isEqualTo(Double.NEGATIVE_INFINITY);
                } else {
                    assertThat(actual)
                            .as("%s %s at %s", fixture, name, times[i])
                            .isCloseTo(
                                    expected[i],
                                    Offset.offset(1e-6 + 1e-4 * Math.abs(expected[i])));
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void mixingAgreesWithTheOfficialPlan(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Interpolant path = path(fixture);
            NDArray noise = fixture.array(manager, "in.x0");
            NDArray data = fixture.array(manager, "in.x1");
            double[] t = times(fixture);
            Close.assertClose(fixture, "out.xt", path.mixed(data, noise, t), TIGHT);
            Close.assertClose(fixture, "out.ut", path.velocity(data, noise, t), NEAR_THE_ENDS);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void conversionsAgreeWithTheOfficialOnes(Fixture fixture) {
        Interpolant path = path(fixture);
        double[] t = times(fixture);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = fixture.array(manager, "in.x");
            NDArray v = fixture.array(manager, "in.v");
            Close.assertClose(fixture, "out.drift", path.forwardDrift(x, t), NEAR_THE_ENDS);
            Close.assertClose(
                    fixture,
                    "out.score_from_velocity",
                    path.scoreFromVelocity(v, x, t),
                    NEAR_THE_ENDS);
            Close.assertClose(
                    fixture,
                    "out.noise_from_velocity",
                    path.noiseFromVelocity(v, x, t),
                    NEAR_THE_ENDS);
            Close.assertClose(
                    fixture,
                    "out.velocity_from_score",
                    path.velocityFromScore(v, x, t),
                    NEAR_THE_ENDS);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void diffusionCoefficientsAgreeWithTheOfficialOnes(Fixture fixture) {
        Interpolant path = path(fixture);
        double norm = fixture.config().get("diffusion_norm").getAsDouble();
        String prefix = "out.diffusion_";
        List<String> names = fixture.names(prefix);
        assertThat(names).isNotEmpty();
        for (String name : names) {
            DiffusionCoefficient diffusion =
                    DiffusionCoefficient.parse(name.substring(prefix.length()), norm);
            check(fixture, name, t -> diffusion.at(path, t), NEAR_THE_ENDS);
        }
    }

    /**
     * Whether σ falls to 0 like a root: a hundred times nearer, the derivative is ten times as
     * large.
     */
    private static boolean isSteep(Interpolant path, double t) {
        if (path.sigma(t) > 0) {
            return false;
        }
        double near = path.sigma(t - 1e-4) / 1e-4;
        double nearer = path.sigma(t - 1e-6) / 1e-6;
        return nearer > 5 * near;
    }

    private static void check(
            Fixture fixture, String name, DoubleUnaryOperator function, Tolerance tolerance) {
        double[] t = times(fixture);
        float[] actual = new float[t.length];
        for (int i = 0; i < t.length; i++) {
            actual[i] = (float) function.applyAsDouble(t[i]);
        }
        Close.assertClose(fixture + " " + name, actual, fixture.floats(name), tolerance);
    }

    private static Interpolant path(Fixture fixture) {
        return InterpolantKind.parse(fixture.config().get("path_type").getAsString()).interpolant();
    }

    private static double[] times(Fixture fixture) {
        float[] narrow = fixture.floats("in.t");
        double[] t = new double[narrow.length];
        for (int i = 0; i < t.length; i++) {
            t[i] = narrow[i];
        }
        return t;
    }
}
