package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.diffusion.Denoised;
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
class OdeGoldenTest {

    private static final Tolerance FIXED_STEP = Tolerance.ofLargest(2e-5, 0);
    // The official σ of VP is √(1 − exp) in float32, which has four correct digits at t = 0.999; a
    // model
    // that predicts noise is divided by it. In double precision its formula gives our numbers.
    private static final Tolerance DIVIDED_BY_SIGMA = Tolerance.ofLargest(2e-4, 0);
    private static final Tolerance ADAPTIVE = Tolerance.ofLargest(2e-3, 0);
    private static final Tolerance ADAPTIVE_TIGHT = Tolerance.ofLargest(1e-4, 0);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("transport_ode");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void everyTrajectoryIsTheOfficialOne(Fixture fixture) {
        String prefix = "out.traj.";
        for (String name : fixture.names(prefix)) {
            String[] key = name.substring(prefix.length()).split("\\.", -1);
            try (NDManager manager = NDManager.newBaseManager()) {
                Trajectory trajectory = new Trajectory(manager);
                NDArray noise = fixture.array(manager, "in.z");
                trajectory.add(noise);
                DiffusionProcess process = process(key[0], key[1]);
                OfficialSamplers.ode(key[2], points(fixture))
                        .sample(
                                new ModelDenoiser(model(fixture, manager), process),
                                process,
                                Start.from(process, noise),
                                SeededNoise.steps(),
                                trajectory);
                Close.assertClose(fixture, name, trajectory.stacked(), tolerance(key));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void intervalsAreTheOfficialOnes(Fixture fixture) {
        for (JsonElement element : fixture.json().getAsJsonArray("combos")) {
            JsonObject combo = element.getAsJsonObject();
            String[] key = combo.get("key").getAsString().split("\\.", -1);
            TimeInterval interval = process(key[0], key[1]).samplingInterval();
            for (int end = 0; end < 2; end++) {
                assertThat(end == 0 ? interval.start() : interval.end())
                        .as("%s %s end %d", fixture, combo.get("key"), end)
                        .isCloseTo(
                                combo.getAsJsonArray("interval").get(end).getAsDouble(),
                                Offset.offset(1e-12));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void velocityAndScoreOfAModelAreTheOfficialOnes(Fixture fixture) {
        for (String name : fixture.names("out.")) {
            String[] key = name.split("\\.", -1);
            if (!key[1].equals("drift") && !key[1].equals("score")) {
                continue;
            }
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray x = fixture.array(manager, "in.z");
                NDArray times = fixture.array(manager, "in.t_drift");
                float[] narrow = times.toFloatArray();
                double[] t = new double[narrow.length];
                for (int i = 0; i < t.length; i++) {
                    t[i] = narrow[i];
                }
                NDArray output = model(fixture, manager).predict(x, times);
                Denoised seen = process(key[2], key[3]).interpret(output, x, t);
                NDArray actual = key[1].equals("drift") ? seen.velocity() : seen.score();
                Close.assertClose(fixture, name, actual, FIXED_STEP);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void inversionSolvesTheSameOdeBackwards(Fixture fixture) {
        String prefix = "out.traj_inverse.";
        for (String name : fixture.names(prefix)) {
            String[] key = name.substring(prefix.length()).split("\\.", -1);
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray expected = fixture.array(manager, name);
                NDArray data = expected.get(0);
                Trajectory trajectory = new Trajectory(manager);
                trajectory.add(data);
                DiffusionProcess process = process(key[0], key[1]);
                OfficialSamplers.ode(key[2], Math.toIntExact(expected.size(0)))
                        .inverted()
                        .sample(
                                new ModelDenoiser(model(fixture, manager), process),
                                process,
                                new Start(data, process.end()),
                                SeededNoise.steps(),
                                trajectory);
                Close.assertClose(fixture, name, trajectory.stacked(), tolerance(key));
            }
        }
    }

    /** Keys are path, prediction, method. */
    private static Tolerance tolerance(String[] key) {
        boolean dividedBySigma =
                Prediction.parse(key[1]) == Prediction.NOISE
                        && InterpolantKind.parse(key[0]) == InterpolantKind.VP;
        return switch (key[2]) {
            case "dopri5" -> ADAPTIVE;
            case "dopri5_tight" -> ADAPTIVE_TIGHT;
            default -> dividedBySigma ? DIVIDED_BY_SIGMA : FIXED_STEP;
        };
    }

    private static int points(Fixture fixture) {
        return fixture.config().get("num_steps").getAsInt();
    }

    private static DiffusionProcess process(String path, String prediction) {
        return new InterpolantProcess(InterpolantKind.parse(path), Prediction.parse(prediction));
    }

    private static ToyModel model(Fixture fixture, NDManager manager) {
        return new ToyModel(fixture.array(manager, "in.a"), fixture.array(manager, "in.b"));
    }
}
