package io.zigma.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import io.zigma.train.optim.PosthocAverage.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Averages of EDM2's code: with power profiles, and those made of their snapshots. */
@Tag("golden")
class PowerAverageGoldenTest {

    static Stream<Fixture> powers() {
        return Golden.fixtures("ema_power");
    }

    static Stream<Fixture> reconstructions() {
        return Golden.fixtures("ema_posthoc");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("powers")
    void exponentsAndDecaysAreTheOfficialOnes(Fixture fixture) {
        double[] lengths = fixture.doubles("in.std");
        double[] gammas = fixture.doubles("out.gamma");
        double[] decays = fixture.doubles("out.beta"); // (lengths, steps)
        int steps = decays.length / lengths.length;
        for (int i = 0; i < lengths.length; i++) {
            double gamma = new PowerProfile(lengths[i]).gamma();
            assertThat(gamma).isCloseTo(gammas[i], within(1e-9 * gammas[i]));
            for (int step = 1; step <= steps; step++) {
                double expected = decays[i * steps + step - 1];
                assertThat(PowerProfile.decayAt(gamma, step))
                        .isCloseTo(expected, within(1e-9 * Math.max(expected, 1e-9)));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("powers")
    void averagesFollowTheOfficialOnes(Fixture fixture) {
        double[] lengths = fixture.doubles("in.std");
        float[] weights = fixture.floats("in.weights"); // (steps, n)
        float[] expected = fixture.floats("out.average"); // (steps, lengths, n)
        int n = fixture.config().get("n").getAsInt();
        List<Double> all = Arrays.stream(lengths).boxed().toList();
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray weight = manager.create(fixture.floats("in.weights_0"));
            try (PowerEma ema = new PowerEma(all, Map.of("w", weight), manager)) {
                for (int step = 1; step <= weights.length / n; step++) {
                    weight.set(Arrays.copyOfRange(weights, (step - 1) * n, step * n));
                    ema.update(step);
                    for (int i = 0; i < lengths.length; i++) {
                        int at = ((step - 1) * lengths.length + i) * n;
                        Close.assertClose(
                                "length %s at step %s".formatted(lengths[i], step),
                                ema.averages().get(PowerEma.name(lengths[i], "w")).toFloatArray(),
                                Arrays.copyOfRange(expected, at, at + n),
                                Tolerance.elementwise(1e-5, 1e-6));
                    }
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("reconstructions")
    void coefficientsAndReconstructionsAreTheOfficialOnes(Fixture fixture) {
        int batch = fixture.config().get("batch").getAsInt();
        long[] images = fixture.longs("in.snapshot_images");
        double[] lengths = fixture.doubles("in.snapshot_std");
        double[] wanted = fixture.doubles("in.out_std");
        long last = fixture.config().get("out_images").getAsLong() / batch;
        List<Point> snapshots = new ArrayList<>();
        for (int i = 0; i < images.length; i++) {
            snapshots.add(new Point(images[i] / batch, new PowerProfile(lengths[i])));
        }
        double[] expected = fixture.doubles("out.coefficients"); // (snapshots, wanted)
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        float[] values = fixture.floats("in.snapshots"); // (snapshots, n)
        double[] sums = fixture.doubles("out.reconstruction64"); // (wanted, n)
        int n = values.length / images.length;
        for (int k = 0; k < wanted.length; k++) {
            double[] factors =
                    PosthocAverage.coefficients(
                            snapshots, new Point(last, new PowerProfile(wanted[k])));
            assertThat(Arrays.stream(factors).sum()).isCloseTo(1, within(1e-9));
            double[] sum = new double[n];
            for (int i = 0; i < factors.length; i++) {
                assertThat(factors[i])
                        .as("factor %s of length %s", i, wanted[k])
                        .isCloseTo(expected[i * wanted.length + k], within(1e-6 * largest));
                for (int j = 0; j < n; j++) {
                    sum[j] += factors[i] * values[i * n + j];
                }
            }
            for (int j = 0; j < n; j++) {
                assertThat(sum[j]).isCloseTo(sums[k * n + j], within(1e-5));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("reconstructions")
    void correlationsAreTheOfficialOnes(Fixture fixture) {
        int batch = fixture.config().get("batch").getAsInt();
        long[] images = fixture.longs("in.snapshot_images");
        double[] lengths = fixture.doubles("in.snapshot_std");
        double[] expected = fixture.doubles("out.correlation");
        // in images there, in steps here: a profile's inner products scale with the unit of time
        for (int i = 0; i < images.length; i++) {
            for (int j = 0; j < images.length; j++) {
                double own =
                        PosthocAverage.correlation(
                                        (double) images[i] / batch,
                                        new PowerProfile(lengths[i]).gamma(),
                                        (double) images[j] / batch,
                                        new PowerProfile(lengths[j]).gamma())
                                / batch;
                double official = expected[i * images.length + j];
                assertThat(own).isCloseTo(official, within(1e-9 * official));
            }
        }
    }
}
