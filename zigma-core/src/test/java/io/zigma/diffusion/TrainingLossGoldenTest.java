package io.zigma.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.Arrays;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class TrainingLossGoldenTest {

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("transport_losses");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void everyCombinationHasTheOfficialTimesTargetsAndLosses(Fixture fixture) {
        for (JsonElement element : fixture.json().getAsJsonArray("combos")) {
            JsonObject combo = element.getAsJsonObject();
            String key = combo.get("key").getAsString();
            JsonElement weight = combo.get("loss_weight");
            InterpolantKind kind = InterpolantKind.parse(combo.get("path_type").getAsString());
            Prediction prediction = Prediction.parse(combo.get("prediction").getAsString());
            // a velocity loss of the official code ignores the weight, ours refuses it
            InterpolantProcess process =
                    new InterpolantProcess(
                            kind,
                            prediction,
                            weight.isJsonNull() || !prediction.takesWeight()
                                    ? LossWeight.NONE
                                    : LossWeight.parse(weight.getAsString()));
            checkTimes(fixture, key, combo, process.trainingInterval());
            checkLoss(fixture, key, process);
        }
    }

    private static void checkTimes(
            Fixture fixture, String key, JsonObject combo, TimeInterval interval) {
        assertThat(interval.start())
                .as("%s %s start", fixture, key)
                .isEqualTo(combo.getAsJsonArray("interval").get(0).getAsDouble());
        assertThat(interval.end())
                .as("%s %s end", fixture, key)
                .isEqualTo(combo.getAsJsonArray("interval").get(1).getAsDouble());
        float[] uniform = fixture.floats("in.u." + key);
        float[] times = fixture.floats("in.t." + key);
        for (int i = 0; i < uniform.length; i++) {
            assertThat(interval.at(uniform[i]))
                    .as("%s %s time %d", fixture, key, i)
                    .isCloseTo(times[i], Offset.offset(1e-6));
        }
    }

    private static void checkLoss(Fixture fixture, String key, InterpolantProcess process) {
        float[] narrow = fixture.floats("in.t." + key);
        double[] t = new double[narrow.length];
        for (int i = 0; i < t.length; i++) {
            t[i] = narrow[i];
        }
        double lost = lost(process.interpolant(), t);
        try (NDManager manager = NDManager.newBaseManager()) {
            Noised mixed =
                    process.noised(
                            fixture.array(manager, "in.x1"),
                            fixture.array(manager, "in.x0." + key),
                            t);
            Close.assertClose(
                    fixture, "mid.xt." + key, mixed.x(), Tolerance.elementwise(2e-5, 1e-6));
            Close.assertClose(
                    fixture,
                    "mid.ut." + key,
                    process.path().velocity(mixed.data(), mixed.noise(), t),
                    Tolerance.elementwise(1e-4 + lost, 1e-5));
            NDArray output = fixture.array(manager, "out.pred." + key);
            Close.assertClose(
                    fixture,
                    "out.loss." + key,
                    process.loss(output, mixed),
                    Tolerance.elementwise(1e-4 + lost, 0));
        }
    }

    /** The relative error of the official float32 σ, which weighs most where σ is small. */
    private static double lost(InterpolantKind kind, double[] t) {
        double sigma = Arrays.stream(t).map(kind.interpolant()::sigma).min().orElseThrow();
        return switch (kind) {
            case LINEAR -> 0; // 1 − t is exact
            case GVP -> 4e-7 / sigma; // cos near a quarter turn
            case VP, COSINE -> 2e-7 / (sigma * sigma); // √(1 − exp)
        };
    }
}
