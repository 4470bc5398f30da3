package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonElement;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class SdeGoldenTest {

    private static final Tolerance TOLERANCE = Tolerance.ofLargest(1e-4, 0);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("transport_sde");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void everyTrajectoryIsTheOfficialOne(Fixture fixture) {
        int points = fixture.config().get("num_steps").getAsInt();
        for (JsonElement element : fixture.json().getAsJsonArray("combos")) {
            JsonObject combo = element.getAsJsonObject();
            String key = combo.get("key").getAsString();
            SdeSampler sampler = OfficialSamplers.sde(combo, points);
            try (NDManager manager = NDManager.newBaseManager()) {
                Trajectory trajectory = new Trajectory(manager);
                ToyModel model =
                        new ToyModel(
                                fixture.array(manager, "in.a"), fixture.array(manager, "in.b"));
                NDArray last =
                        sampler.sample(
                                new ModelDenoiser(model, process(combo)),
                                process(combo),
                                Start.from(process(combo), fixture.array(manager, "in.z")),
                                OfficialSamplers.recorded(
                                        fixture.array(manager, "in.noise." + key)),
                                trajectory);
                if (sampler.lastStep() == LastStep.NONE) {
                    trajectory.add(last); // the official one repeats it
                }
                Close.assertClose(fixture, "out.traj." + key, trajectory.stacked(), TOLERANCE);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void intervalsAreTheOfficialOnes(Fixture fixture) {
        for (JsonElement element : fixture.json().getAsJsonArray("combos")) {
            JsonObject combo = element.getAsJsonObject();
            SdeSampler sampler = OfficialSamplers.sde(combo, 2);
            DiffusionProcess process = process(combo);
            TimeInterval interval =
                    process.samplingInterval()
                            .withNoise(process.path(), sampler.diffusion(), sampler.lastStepSize());
            for (int end = 0; end < 2; end++) {
                assertThat(end == 0 ? interval.start() : interval.end())
                        .as("%s %s end %d", fixture, combo.get("key"), end)
                        .isCloseTo(
                                combo.getAsJsonArray("interval").get(end).getAsDouble(),
                                Offset.offset(1e-12));
            }
        }
    }

    private static DiffusionProcess process(JsonObject combo) {
        return new InterpolantProcess(
                InterpolantKind.parse(combo.get("path_type").getAsString()),
                Prediction.parse(combo.get("prediction").getAsString()));
    }
}
