package io.zigma.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** U-ViT's discrete schedule, whose steps 1 … N are 0 … N − 1 here; its 0 is the clean data. */
@Tag("golden")
class UvitScheduleGoldenTest {

    private static final Tolerance DOUBLE = Tolerance.elementwise(1e-9, 1e-13);
    private static final Tolerance SINGLE = Tolerance.elementwise(1e-5, 1e-5);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("uvit_discrete_schedule");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void everyStepIsTheOfficialOne(Fixture fixture) {
        Ddpm process = process(fixture);
        double[] cumulated = steps(fixture, "out.cum_alphas");
        double[] betas = steps(fixture, "out.cum_betas");
        NoiseLevels levels = process.levels();
        double[] alpha = new double[levels.size()];
        double[] sigma = new double[levels.size()];
        double[] ratio = new double[levels.size()];
        for (int i = 0; i < alpha.length; i++) {
            alpha[i] = levels.alpha(i) * levels.alpha(i);
            sigma[i] = levels.sigma(i) * levels.sigma(i);
            ratio[i] = alpha[i] / sigma[i];
        }
        Close.assertClose("betas", process.schedule().betas(), steps(fixture, "out.betas"), DOUBLE);
        Close.assertClose("cum_alphas", alpha, cumulated, DOUBLE);
        Close.assertClose("cum_betas", sigma, betas, DOUBLE);
        Close.assertClose("snr", ratio, fixture.doubles("out.snr_from1"), DOUBLE);
    }

    private static double[] steps(Fixture fixture, String name) {
        double[] all = fixture.doubles(name);
        return Arrays.copyOfRange(all, 1, all.length);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void leavingOutStepsIsTheOfficialSkip(Fixture fixture) {
        Ddpm process = process(fixture);
        long[] from = fixture.longs("in.s");
        long[] to = fixture.longs("in.t");
        double[] alphas = new double[from.length];
        double[] betas = new double[from.length];
        double[] posterior = new double[from.length];
        for (int i = 0; i < from.length; i++) {
            double[] times =
                    from[i] == 0 ? new double[] {to[i] - 1} : new double[] {from[i] - 1, to[i] - 1};
            NoiseLevels levels = NoiseLevels.of(process, times);
            int level = levels.size() - 1;
            double ratio = levels.alpha(level) / levels.alpha(level - 1);
            alphas[i] = ratio * ratio;
            betas[i] = levels.addedVariance(level);
            posterior[i] = levels.posteriorVariance(level);
        }
        Close.assertClose("skip_alphas", alphas, fixture.doubles("out.skip_alphas"), DOUBLE);
        Close.assertClose("skip_betas", betas, fixture.doubles("out.skip_betas"), DOUBLE);
        Close.assertClose("tilde_beta", posterior, fixture.doubles("out.tilde_beta"), DOUBLE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theLossIsTheOfficialOneOfANetworkThatCountsFromOne(Fixture fixture) {
        Ddpm process = process(fixture);
        try (NDManager manager = NDManager.newBaseManager()) {
            long[] n = fixture.longs("in.n");
            double[] t = Arrays.stream(n).mapToDouble(step -> step - 1).toArray();
            NDArray data = fixture.array(manager, "in.x0");
            Noised at = process.noised(data, fixture.array(manager, "in.noise"), t);
            Close.assertClose(fixture, "out.xn", at.x(), SINGLE);
            for (int i = 0; i < n.length; i++) {
                assertThat(at.time().getFloat(i)).isEqualTo(n[i]);
            }
            NDArray tau = at.time().div(1000).reshape(new Shape(n.length, 1, 1, 1));
            NDArray x = at.x();
            NDArray output =
                    x.mul(tau.add(0.2).mul(0.7)).add(x.mul(2).add(tau.mul(3)).sin().mul(0.3));
            Close.assertClose(fixture, "out.lsimple", process.loss(output, at), SINGLE);
        }
    }

    private static Ddpm process(Fixture fixture) {
        return (Ddpm)
                Processes.KINDS
                        .get("ddpm")
                        .create(
                                Map.of(
                                        "schedule",
                                        "scaled-linear",
                                        "steps",
                                        fixture.config().get("N").getAsString(),
                                        "beta-first",
                                        fixture.config().get("linear_start").getAsString(),
                                        "beta-last",
                                        fixture.config().get("linear_end").getAsString(),
                                        "variance",
                                        "fixed-small",
                                        "first-step",
                                        "1"));
    }
}
