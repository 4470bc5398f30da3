package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class DdpmPosteriorGoldenTest {

    private static final Tolerance CLOSE = Tolerance.ofLargest(1e-5, 1e-6);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("ddpm_q");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void noisingAndItsPosteriorAreTheOfficialOnes(Fixture fixture) {
        Ddpm process = process(fixture, "START_X");
        double[] t = times(fixture);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray data = fixture.array(manager, "in.x_start");
            Noised noised = process.noised(data, fixture.array(manager, "in.noise"), t);
            Close.assertClose(fixture, "out.q_sample", noised.x(), CLOSE);
            NoiseLevels levels = process.levels();
            Close.assertClose(
                    fixture,
                    "out.q_mean_variance.mean",
                    Blend.scale(data, process::alpha, t),
                    CLOSE);
            checkAll(
                    fixture,
                    "out.q_mean_variance.variance",
                    data,
                    Blend.column(data, s -> Math.pow(process.sigma(s), 2), t));
            checkAll(
                    fixture,
                    "out.q_mean_variance.log_variance",
                    data,
                    Blend.column(data, s -> 2 * Math.log(process.sigma(s)), t));
            NDArray x = fixture.array(manager, "out.q_sample");
            Denoised seen = process.interpret(data, x, t);
            Close.assertClose(
                    fixture, "out.q_posterior.mean", process.reverseMean(seen, levels, t), CLOSE);
            checkAll(
                    fixture,
                    "out.q_posterior.variance",
                    data,
                    process.reverseVariance(seen, levels, t));
            checkAll(
                    fixture,
                    "out.q_posterior.log_variance_clipped",
                    data,
                    process.reverseLogVariance(seen, levels, t));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void dataAndNoiseAreFoundFromEachOther(Fixture fixture) {
        double[] t = times(fixture);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = fixture.array(manager, "out.q_sample");
            Close.assertClose(
                    fixture,
                    "out.predict_xstart_from_eps",
                    process(fixture, "EPSILON")
                            .interpret(fixture.array(manager, "in.eps"), x, t)
                            .data(),
                    CLOSE);
            Close.assertClose(
                    fixture,
                    "out.predict_eps_from_xstart",
                    process(fixture, "START_X")
                            .interpret(fixture.array(manager, "in.x_start"), x, t)
                            .noise(),
                    CLOSE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void divergencesAndLikelihoodsAreTheOfficialOnes(Fixture fixture) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Close.assertClose(
                    fixture,
                    "out.normal_kl",
                    VariationalBound.normalDivergence(
                            fixture.array(manager, "in.kl.mean1"),
                            fixture.array(manager, "in.kl.logvar1"),
                            fixture.array(manager, "in.kl.mean2"),
                            fixture.array(manager, "in.kl.logvar2")),
                    Tolerance.elementwise(1e-5, 1e-6));
            Close.assertClose(
                    fixture,
                    "out.approx_standard_normal_cdf",
                    VariationalBound.normalCdf(fixture.array(manager, "in.kl.mean1")),
                    Tolerance.elementwise(1e-5, 1e-6));
            Close.assertClose(
                    fixture,
                    "out.discretized_gaussian_log_likelihood",
                    VariationalBound.levelLogLikelihood(
                            fixture.array(manager, "in.dll.x"),
                            fixture.array(manager, "in.dll.means"),
                            fixture.array(manager, "in.dll.log_scales")),
                    Tolerance.elementwise(1e-4, 1e-4));
            NDArray prior =
                    VariationalBound.prior(
                            process(fixture, "EPSILON").levels(),
                            fixture.array(manager, "in.x_start"));
            Close.assertClose(fixture, "out.prior_bpd", prior, Tolerance.elementwise(1e-2, 1e-7));
        }
    }

    private static void checkAll(Fixture fixture, String name, NDArray like, NDArray column) {
        Close.assertClose(fixture, name, column.broadcast(like.getShape()), CLOSE);
    }

    private static Ddpm process(Fixture fixture, String mean) {
        return OfficialDdpm.process(
                fixture.config().get("schedule").getAsString(),
                fixture.config().get("T").getAsInt(),
                mean,
                "FIXED_SMALL");
    }

    private static double[] times(Fixture fixture) {
        return Arrays.stream(fixture.longs("in.t")).asDoubleStream().toArray();
    }
}
