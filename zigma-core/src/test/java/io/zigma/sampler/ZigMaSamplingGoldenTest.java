package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonObject;
import io.zigma.backbone.zigma.OfficialConstructor;
import io.zigma.backbone.zigma.ZigMa;
import io.zigma.condition.Condition;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.nn.FixtureWeights;
import io.zigma.nn.Pass;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sampling end to end: the model and the samplers together. */
@Tag("golden")
class ZigMaSamplingGoldenTest {

    private static final Tolerance FIXED_STEP = Tolerance.ofLargest(1e-4, 0);

    /**
     * In the norm of the whole trajectory. A model of random weights sees time as cosines of up to
     * 1000·t, so that one step that is accepted here and just refused there moves single elements
     * by a hundredth of the largest.
     */
    private static final double ADAPTIVE = 1e-2;

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("sample");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void everyOdeTrajectoryIsTheOfficialOne(Fixture fixture) {
        String prefix = "out.ode_";
        for (String name : fixture.names(prefix)) {
            String method = name.substring(prefix.length());
            try (NDManager manager = NDManager.newBaseManager()) {
                Problem problem = new Problem(fixture, manager);
                problem.trajectory.add(problem.noise);
                OdeSampler sampler = OfficialSamplers.ode(method, problem.points);
                problem.sample(sampler, SeededNoise.steps());
                NDArray trajectory = problem.trajectory.stacked();
                if (sampler.adaptive()) {
                    NDArray official = fixture.array(manager, name);
                    assertThat(norm(trajectory.sub(official)) / norm(official))
                            .as("%s %s, distance in the norm", fixture, name)
                            .isLessThan(ADAPTIVE);
                } else {
                    Close.assertClose(fixture, name, trajectory, FIXED_STEP);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void everySdeTrajectoryIsTheOfficialOne(Fixture fixture) {
        for (String name : fixture.names("out.sde_")) {
            try (NDManager manager = NDManager.newBaseManager()) {
                Problem problem = new Problem(fixture, manager);
                SdeSampler sampler =
                        OfficialSamplers.sde(
                                fixture.config().getAsJsonObject("sde"), problem.points);
                NDArray noises = fixture.array(manager, "in.sde_noise");
                NDArray last = problem.sample(sampler, OfficialSamplers.recorded(noises));
                if (sampler.lastStep() == LastStep.NONE) {
                    problem.trajectory.add(last); // the official one repeats it
                }
                Close.assertClose(fixture, name, problem.trajectory.stacked(), FIXED_STEP);
            }
        }
    }

    private static double norm(NDArray x) {
        return Math.sqrt(x.square().sum().getFloat());
    }

    /** A fixture's model with its weights, and what to sample from it. */
    private static final class Problem {

        final int points;
        final NDArray noise;
        final Trajectory trajectory;
        private final DiffusionProcess process;
        private final Network network;

        Problem(Fixture fixture, NDManager manager) {
            JsonObject config = fixture.config();
            points = config.get("num_steps").getAsInt();
            process =
                    new InterpolantProcess(
                            InterpolantKind.parse(config.get("path").getAsString()),
                            Prediction.parse(config.get("prediction").getAsString()));
            noise = fixture.array(manager, "in.z"); // (B, C, H, W)
            trajectory = new Trajectory(manager);
            ZigMa model =
                    new ZigMa(OfficialConstructor.config(config.getAsJsonObject("constructor")));
            FixtureWeights.load(
                    model, fixture, manager, noise.getShape(), new Shape(noise.size(0)));
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            Condition labels =
                    fixture.has("in.y")
                            ? Condition.ofLabels(
                                    manager.create(
                                            fixture.longs("in.y"),
                                            new Shape(fixture.shape("in.y"))))
                            : Condition.NONE;
            network = (x, t) -> model.forward(pass, x, t, labels);
        }

        NDArray sample(Sampler sampler, NoiseSource source) {
            return sampler.sample(
                    new ModelDenoiser(network, process),
                    process,
                    Start.from(process, noise),
                    source,
                    trajectory);
        }
    }
}
