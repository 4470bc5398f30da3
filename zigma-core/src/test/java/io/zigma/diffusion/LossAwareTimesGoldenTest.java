package io.zigma.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
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
class LossAwareTimesGoldenTest {

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("ddpm_resampler");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void weightsAreTheOfficialOnesBeforeAndAfterEveryStepHasItsLosses(Fixture fixture) {
        LossAwareTimes.Sampler sampler = sampler(fixture);
        check(fixture, "out.weights.cold", sampler);
        double[] times = Arrays.stream(fixture.longs("in.ts")).asDoubleStream().toArray();
        double[] losses = fixture.doubles("in.losses");
        boolean almost = false;
        for (int i = 0; i < times.length; i++) {
            double[] before = sampler.weights();
            sampler.observe(new double[] {times[i]}, new double[] {losses[i]});
            if (!almost && sampler.weights()[0] != before[0]) {
                Close.assertClose(
                        fixture + " out.weights.almost_warm",
                        before,
                        fixture.doubles("out.weights.almost_warm"),
                        Tolerance.exact());
                almost = true;
            }
        }
        assertThat(almost).isTrue();
        check(fixture, "out.weights.warm", sampler);
        assertThat(importance(sampler))
                .as("%s out.importance_weights", fixture)
                .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-5 * Math.abs(b) ? 0 : 1)
                .isEqualTo(fixture.floats("out.importance_weights"));
    }

    private static LossAwareTimes.Sampler sampler(Fixture fixture) {
        JsonObject config = fixture.config();
        return new LossAwareTimes.Sampler(
                config.get("T").getAsInt(),
                config.get("history_per_term").getAsInt(),
                config.get("uniform_prob").getAsDouble());
    }

    /** What each step's loss counts for, when it is the one that comes. */
    private static float[] importance(LossAwareTimes.Sampler sampler) {
        double[] weights = sampler.weights();
        double sum = Arrays.stream(weights).sum();
        float[] importance = new float[weights.length];
        double passed = 0;
        for (int i = 0; i < importance.length; i++) {
            TimeSampler.Sample sample = sampler.sample((passed + weights[i] / 2) / sum, 0);
            assertThat(sample.t()).isEqualTo(i);
            importance[i] = (float) sample.weight();
            passed += weights[i];
        }
        return importance;
    }

    private static void check(Fixture fixture, String name, LossAwareTimes.Sampler sampler) {
        Close.assertClose(
                fixture + " " + name,
                sampler.weights(),
                fixture.doubles(name),
                Tolerance.elementwise(1e-12, 0));
    }
}
