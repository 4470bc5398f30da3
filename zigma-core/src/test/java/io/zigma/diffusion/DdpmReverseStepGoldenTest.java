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

/** The official {@code p_mean_variance} for every mean and variance. */
@Tag("golden")
class DdpmReverseStepGoldenTest {

    private static final Tolerance CLOSE = Tolerance.ofLargest(2e-5, 1e-6);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("ddpm_pmv");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void meanVarianceAndDataAreTheOfficialOnes(Fixture fixture) {
        for (String name : fixture.names("out.")) {
            String[] key = name.split("\\.", -1);
            if (key.length != 5) {
                continue;
            }
            Ddpm process = process(fixture, key[1], key[2]);
            try (NDManager manager = NDManager.newBaseManager()) {
                Denoised seen = seen(fixture, process, manager);
                if (key[3].equals("clip")) {
                    seen = seen.withData(seen.data().clip(-1, 1));
                }
                check(fixture, name, process, seen, key[4]);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void dataThatWereChangedChangeTheMean(Fixture fixture) {
        Ddpm process = process(fixture, "EPSILON", "LEARNED_RANGE");
        try (NDManager manager = NDManager.newBaseManager()) {
            Denoised seen = seen(fixture, process, manager);
            seen = seen.withData(seen.data().mul(0.5).add(0.1).clip(-1, 1));
            check(fixture, "out.denoised_fn.mean", process, seen, "mean");
            check(fixture, "out.denoised_fn.pred_xstart", process, seen, "pred_xstart");
        }
    }

    private static void check(
            Fixture fixture, String name, Ddpm process, Denoised seen, String what) {
        double[] t = times(fixture);
        NDArray actual =
                switch (what) {
                    case "mean" -> process.reverseMean(seen, process.levels(), t);
                    case "variance" -> process.reverseVariance(seen, process.levels(), t);
                    case "log_variance" -> process.reverseLogVariance(seen, process.levels(), t);
                    case "pred_xstart" -> seen.data();
                    default -> throw new AssertionError("an unknown output " + what);
                };
        Close.assertClose(fixture, name, actual.broadcast(seen.x().getShape()), CLOSE);
    }

    private static Denoised seen(Fixture fixture, Ddpm process, NDManager manager) {
        return process.interpret(
                OfficialDdpm.output(process, fixture.array(manager, "in.model_output")),
                fixture.array(manager, "in.x"),
                times(fixture));
    }

    private static Ddpm process(Fixture fixture, String mean, String variance) {
        return OfficialDdpm.process(
                fixture.config().get("schedule").getAsString(),
                fixture.config().get("T").getAsInt(),
                OfficialDdpm.meanOf(fixture, mean),
                OfficialDdpm.varianceOf(fixture, variance));
    }

    private static double[] times(Fixture fixture) {
        return Arrays.stream(fixture.longs("in.t")).asDoubleStream().toArray();
    }
}
