package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionCoefficient;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.LossWeight;
import io.zigma.diffusion.NetworkTime;
import io.zigma.diffusion.Noised;
import io.zigma.diffusion.Prediction;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** U-ViT's VP-SDE in continuous time: schedules, conversions, losses and Euler–Maruyama. */
@Tag("golden")
class UvitSdeGoldenTest {

    // float32 cancels near the data
    private static final Tolerance SCHEDULE = Tolerance.elementwise(1e-3, 1e-6);
    private static final Tolerance VALUE = Tolerance.elementwise(1e-4, 1e-4);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("uvit_sde");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void schedulesAreTheOfficialOnes(Fixture fixture) {
        check(fixture, "vpsde", process(InterpolantKind.VP, Prediction.NOISE));
        check(fixture, "vpsde_cosine", process(InterpolantKind.COSINE, Prediction.NOISE));
    }

    private static void check(Fixture fixture, String name, DiffusionProcess process) {
        DoubleUnaryOperator alpha = t -> square(process.alpha(1 - t));
        DoubleUnaryOperator beta = t -> square(process.sigma(1 - t));
        String prefix = "out." + name + ".";
        check(fixture, prefix + "cum_alpha", alpha);
        check(fixture, prefix + "cum_beta", beta);
        check(fixture, prefix + "snr", t -> alpha.applyAsDouble(t) / beta.applyAsDouble(t));
        check(fixture, prefix + "nsr", t -> beta.applyAsDouble(t) / alpha.applyAsDouble(t));
        DiffusionCoefficient own = new DiffusionCoefficient.Sbdm(1);
        check(fixture, prefix + "diffusion", t -> Math.sqrt(2 * own.at(process.path(), 1 - t)));
    }

    /** Where a value is not finite the official list is shorter than that of the times. */
    private static void check(Fixture fixture, String name, DoubleUnaryOperator function) {
        double[] expected = fixture.doubles(name);
        double[] actual =
                Arrays.stream(fixture.doubles("in.t"))
                        .limit(expected.length)
                        .map(function)
                        .toArray();
        Close.assertClose(fixture + " " + name, actual, expected, SCHEDULE);
    }

    private static double square(double x) {
        return x * x;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void anOutputMeansWhatItMeansThere(Fixture fixture) {
        for (Prediction prediction : new Prediction[] {Prediction.NOISE, Prediction.DATA}) {
            String prefix = prediction == Prediction.NOISE ? "out.noise_pred." : "out.x0_pred.";
            DiffusionProcess process = process(InterpolantKind.VP, prediction);
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray x = fixture.array(manager, "in.x");
                double[] t = Arrays.stream(fixture.doubles("in.t_batch")).map(s -> 1 - s).toArray();
                NDArray times = times(manager, process, t);
                Denoised seen = process.interpret(network(x, times), x, t);
                Close.assertClose(fixture, prefix + "noise_pred", seen.noise(), VALUE);
                Close.assertClose(fixture, prefix + "x0_pred", seen.data(), VALUE);
                Close.assertClose(fixture, prefix + "score", seen.score(), VALUE);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theLossOfPredictedNoiseIsTheOfficialOne(Fixture fixture) {
        DiffusionProcess process = process(InterpolantKind.VP, Prediction.NOISE);
        try (NDManager manager = NDManager.newBaseManager()) {
            Noised at = noised(fixture, manager, "noise_pred", process);
            NDArray loss = process.loss(network(at.x(), at.time()), at);
            Close.assertClose(fixture, "out.lsimple.noise_pred", loss, VALUE);
        }
    }

    /** The error of the data; a process of that prediction here is trained on their velocity's. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theErrorOfPredictedDataIsTheOfficialOne(Fixture fixture) {
        DiffusionProcess process = process(InterpolantKind.VP, Prediction.DATA);
        try (NDManager manager = NDManager.newBaseManager()) {
            Noised at = noised(fixture, manager, "x0_pred", process);
            Denoised seen = process.interpret(network(at.x(), at.time()), at.x(), at.times());
            NDArray error = seen.data().sub(at.data()).square().reshape(at.x().size(0), -1);
            Close.assertClose(fixture, "out.lsimple.x0_pred", error.mean(new int[] {1}), VALUE);
        }
    }

    private static Noised noised(
            Fixture fixture, NDManager manager, String key, DiffusionProcess process) {
        double[] t =
                Arrays.stream(fixture.doubles("in.lsimple." + key + ".t"))
                        .map(s -> 1 - s)
                        .toArray();
        return process.noised(
                fixture.array(manager, "in.x"),
                fixture.array(manager, "in.lsimple." + key + ".noise"),
                t);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theReverseSdeIsSolvedAsThere(Fixture fixture) {
        int steps = fixture.config().get("sample_steps").getAsInt();
        double last = fixture.config().get("eps").getAsDouble();
        SdeSampler sampler =
                new SdeSampler(
                        SdeMethod.EULER,
                        steps,
                        new DiffusionCoefficient.Sbdm(1),
                        LastStep.MEAN,
                        last);
        DiffusionProcess process = process(InterpolantKind.VP, Prediction.NOISE);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = fixture.array(manager, "in.x");
            Trajectory trajectory = new Trajectory(manager);
            trajectory.add(x);
            sampler.sample(
                    new ModelDenoiser(UvitSdeGoldenTest::network, process),
                    process,
                    Start.from(process, x),
                    OfficialSamplers.recorded(fixture.array(manager, "in.noise.sde")),
                    trajectory);
            Close.assertClose(fixture, "out.euler_maruyama.sde.trace", trajectory.stacked(), VALUE);
        }
    }

    /** The official last step, from ε to 0, goes further than the interval that is solved here. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theOdeIsSolvedAsThereUpToTheLastStep(Fixture fixture) {
        int steps = fixture.config().get("sample_steps").getAsInt() - 1;
        double last = fixture.config().get("eps").getAsDouble();
        DiffusionProcess process = process(InterpolantKind.VP, Prediction.NOISE);
        Assumptions.assumeThat(process.samplingInterval().end())
                .as("where the ODE ends")
                .isEqualTo(1 - last);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = fixture.array(manager, "in.x");
            Trajectory trajectory = new Trajectory(manager);
            trajectory.add(x);
            new OdeSampler(OdeMethod.parse("euler"), steps)
                    .sample(
                            new ModelDenoiser(UvitSdeGoldenTest::network, process),
                            process,
                            Start.from(process, x),
                            SeededNoise.steps(),
                            trajectory);
            NDArray official = fixture.array(manager, "out.euler_maruyama.ode.trace");
            Close.assertClose(
                    fixture + " out.euler_maruyama.ode.trace",
                    trajectory.stacked(),
                    official.get(new NDIndex(":-1")),
                    VALUE);
        }
    }

    /** The fixture's network: tau is its time over 1000. */
    private static NDArray network(NDArray x, NDArray t) {
        NDArray tau = t.div(1000).reshape(new Shape(x.size(0), 1, 1, 1));
        return x.mul(tau.add(0.2).mul(0.7)).add(x.mul(2).add(tau.mul(3)).sin().mul(0.3));
    }

    private static NDArray times(NDManager manager, DiffusionProcess process, double[] t) {
        float[] times = new float[t.length];
        for (int i = 0; i < t.length; i++) {
            times[i] = (float) process.modelTime(t[i]);
        }
        return manager.create(times);
    }

    private static DiffusionProcess process(InterpolantKind path, Prediction prediction) {
        return new InterpolantProcess(
                path, prediction, LossWeight.NONE, 1, 0, NetworkTime.SCORE_SDE);
    }
}
