package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import io.zigma.diffusion.BetaForm;
import io.zigma.diffusion.BetaSchedule;
import io.zigma.diffusion.Ddpm;
import io.zigma.diffusion.DdpmLoss;
import io.zigma.diffusion.DdpmMean;
import io.zigma.diffusion.DdpmVariance;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.sampler.LogSnrGrid.Spacing;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The older DPM-Solvers that U-ViT samples with: single steps of every order, and "fast" ones. */
@Tag("golden")
class UvitSolverGoldenTest {

    private static final Tolerance SINGLE = Tolerance.elementwise(2e-5, 5e-5);
    private static final Tolerance DOUBLE = Tolerance.elementwise(1e-8, 1e-8);
    // the network of the continuous schedule is given t·999
    private static final double LINEAR_SCALE = 999;
    private static final double LINEAR_END = 1e-4;

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("uvit_dpm_solver");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void schedulesAreTheOfficialOnes(Fixture fixture) {
        Ddpm discrete = discrete(fixture);
        check(fixture, "out.discrete.marginal_alpha", discrete, discrete::alpha);
        check(fixture, "out.discrete.marginal_std", discrete, discrete::sigma);
        check(fixture, "out.discrete.marginal_lambda", discrete, discrete::halfLogSnr);
        check(
                fixture,
                "out.discrete.inverse_lambda",
                discrete,
                t -> discrete.solverTime(discrete.timeOf(discrete.halfLogSnr(t))));
        DiffusionProcess linear = linear();
        check(fixture, "out.linear.marginal_std", linear, linear::sigma);
        check(fixture, "out.linear.marginal_lambda", linear, linear::halfLogSnr);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void stepsOfTheDiscreteScheduleAreTheOfficialOnes(Fixture fixture) {
        for (String name : fixture.names("out.pp.")) {
            String[] key = name.split("\\.", -1);
            if (key.length != 5) {
                continue;
            }
            int steps = Integer.parseInt(key[3].substring("steps".length()));
            Ddpm process = discrete(fixture);
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray sample =
                        solver(key[2], steps, key[4].equals("eps"))
                                .sample(
                                        // the network is given t·N, 1 to N
                                        (x, t) ->
                                                process.interpret(
                                                        LogSnrFixture.closedForm(x, (t + 1) / 1000),
                                                        x,
                                                        t),
                                        process,
                                        Start.from(process, fixture.array(manager, "in.x_T")),
                                        SeededNoise.steps(),
                                        StepListener.NONE);
                Close.assertClose(fixture, name, sample, SINGLE);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void ordersOfFastStepsAreTheOfficialOnes(Fixture fixture) {
        String prefix = "out.pp.fast_orders.steps";
        for (String name : fixture.names(prefix)) {
            int steps = Integer.parseInt(name.substring(prefix.length()));
            Assertions.assertThat(
                            DpmStep.orders(steps, 3).stream()
                                    .mapToLong(Integer::longValue)
                                    .toArray())
                    .as(name)
                    .isEqualTo(fixture.longs(name));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void stepsOfTheContinuousScheduleAreTheOfficialOnesInDoublePrecision(Fixture fixture) {
        String prefix = "out64.linear.fast.steps";
        DiffusionProcess process = linear();
        for (String name : fixture.names(prefix)) {
            int steps = Integer.parseInt(name.substring(prefix.length()));
            Sampler sampler =
                    new DpmSolver(
                            steps,
                            3,
                            DpmSolver.Method.SINGLESTEP,
                            true,
                            false,
                            DpmSolver.LowerOrder.NEVER,
                            false,
                            new LogSnrGrid(Spacing.LOG_SNR, -5.1, LINEAR_END),
                            Thresholding.NONE);
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray sample =
                        sampler.sample(
                                (x, t) ->
                                        process.interpret(
                                                LogSnrFixture.closedForm(
                                                        x, LINEAR_SCALE * (1 - t) / 1000),
                                                x,
                                                t),
                                process,
                                Start.from(process, fixture.doubleArray(manager, "in.x_T")),
                                SeededNoise.steps(),
                                StepListener.NONE);
                Close.assertClose(
                        fixture + " " + name,
                        sample.toDoubleArray(),
                        fixture.doubles(name),
                        DOUBLE);
            }
        }
    }

    private static Sampler solver(String method, int steps, boolean noise) {
        int order = method.equals("fast") ? 3 : method.charAt(method.length() - 1) - '0';
        return new DpmSolver(
                steps,
                order,
                method.equals("fast")
                        ? DpmSolver.Method.SINGLESTEP
                        : method.startsWith("singlestep")
                                ? DpmSolver.Method.SINGLESTEP_FIXED
                                : DpmSolver.Method.MULTISTEP,
                noise,
                false,
                DpmSolver.LowerOrder.NEVER,
                false,
                new LogSnrGrid(Spacing.TIME, -5.1, 1e-3),
                Thresholding.NONE);
    }

    private static void check(
            Fixture fixture, String name, DiffusionProcess process, DoubleUnaryOperator function) {
        double[] t = fixture.doubles("in.t");
        double[] actual = new double[t.length];
        for (int i = 0; i < t.length; i++) {
            actual[i] = function.applyAsDouble(process.timeOfSolver(t[i]));
        }
        Close.assertClose(
                fixture + " " + name,
                actual,
                fixture.doubles(name),
                // float32 cancels near the data
                Tolerance.elementwise(2e-3, 1e-5));
    }

    private static Ddpm discrete(Fixture fixture) {
        JsonObject config = fixture.config();
        return new Ddpm(
                BetaSchedule.of(BetaForm.SCALED_LINEAR, config.get("N").getAsInt()),
                DdpmMean.EPSILON,
                DdpmVariance.FIXED_SMALL,
                DdpmLoss.MSE,
                false);
    }

    private static DiffusionProcess linear() {
        return new InterpolantProcess(InterpolantKind.VP, Prediction.NOISE);
    }
}
