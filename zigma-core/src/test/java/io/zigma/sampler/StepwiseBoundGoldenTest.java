package io.zigma.sampler;

import ai.djl.ndarray.NDManager;
import io.zigma.diffusion.Ddpm;
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
class StepwiseBoundGoldenTest {

    // the prior's few bits are differences of nearly equal float32 numbers
    private static final Tolerance CLOSE = Tolerance.elementwise(1e-3, 1e-5);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("ddpm_bpd");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void everyTermOfTheBoundIsTheOfficialOne(Fixture fixture) {
        String ending = ".total_bpd";
        for (String name : fixture.names("out.")) {
            if (!name.endsWith(ending)) {
                continue;
            }
            String key = name.substring("out.".length(), name.length() - ending.length());
            String[] types = key.split("\\.", -1);
            DdpmFixture official = new DdpmFixture(fixture);
            Ddpm process = official.process(types[0], types[1]);
            try (NDManager manager = NDManager.newBaseManager()) {
                StepwiseBound bound =
                        StepwiseBound.of(
                                Clipping.of(
                                        DdpmFixture.model(process, null), types[2].equals("clip")),
                                process,
                                official.levels(process, "respace"),
                                fixture.array(manager, "in.x_start"),
                                OfficialSamplers.recorded(
                                        fixture.array(manager, "in.noise." + key)));
                long[] shape = fixture.shape("in.x_start");
                int values = Math.toIntExact(shape[1] * shape[2] * shape[3]);
                checkDecoded(fixture, name, bound.total(), values);
                check(fixture, "out." + key + ".prior_bpd", bound.prior());
                checkDecoded(fixture, "out." + key + ".vb", flat(bound.terms()), values);
                check(fixture, "out." + key + ".xstart_mse", flat(bound.dataError()));
                check(fixture, "out." + key + ".mse", flat(bound.noiseError()));
            }
        }
    }

    /**
     * The decoder of a level far from the mean takes the logarithm of a difference of float32
     * numbers near 1, which is a unit of their last place or 0 as rounding has it.
     */
    private static void checkDecoded(Fixture fixture, String name, double[] actual, int values) {
        double flip = Math.log(0x1p-24 / 1e-12) / Math.log(2) / values;
        Close.assertClose(
                fixture + " " + name,
                actual,
                fixture.doubles(name),
                Tolerance.elementwise(1e-3, name.contains("noclip") ? 1.01 * flip : 1e-5));
    }

    private static double[] flat(double[][] rows) {
        return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    }

    private static void check(Fixture fixture, String name, double[] actual) {
        Close.assertClose(fixture + " " + name, actual, fixture.doubles(name), CLOSE);
    }
}
