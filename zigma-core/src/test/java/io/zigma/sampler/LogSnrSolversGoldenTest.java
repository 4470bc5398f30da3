package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** DPM-Solver++ and UniPC against their official code in double precision, state by state. */
@Tag("golden")
class LogSnrSolversGoldenTest {

    private static final Tolerance DOUBLE = Tolerance.elementwise(1e-8, 1e-8);
    private static final Tolerance SINGLE = Tolerance.elementwise(2e-5, 5e-5);

    static Stream<Fixture> dpmSolvers() {
        return Golden.fixtures("dpmpp_multistep");
    }

    static Stream<Fixture> uniPcs() {
        return Golden.fixtures("unipc_multistep");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dpmSolvers")
    void everyStateOfDpmSolverIsTheOfficialOne(Fixture fixture) {
        checkCases(fixture, LogSnrSolversGoldenTest::dpmSolver);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("uniPcs")
    void everyStateOfUniPcIsTheOfficialOne(Fixture fixture) {
        checkCases(fixture, LogSnrSolversGoldenTest::uniPc);
    }

    private static Sampler dpmSolver(LogSnrFixture json) {
        return new DpmSolver(
                json.whole("steps"),
                json.whole("order"),
                DpmSolver.Method.MULTISTEP,
                json.text("algorithm", "").equals("dpmsolver"),
                json.text("solver_type", "dpmsolver").equals("taylor"),
                json.flag("lower_order_final", true)
                        ? DpmSolver.LowerOrder.FEW_STEPS
                        : DpmSolver.LowerOrder.NEVER,
                json.flag("denoise_to_zero", false),
                json.grid(),
                json.thresholding());
    }

    private static Sampler uniPc(LogSnrFixture json) {
        return new UniPc(
                json.whole("steps"),
                json.whole("order"),
                switch (json.text("variant", "")) {
                    case "bh1" -> UniPc.Variant.BH1;
                    case "bh2" -> UniPc.Variant.BH2;
                    case "vary_coeff" -> UniPc.Variant.VARY;
                    default -> throw new AssertionError("an unknown variant");
                },
                json.text("algorithm", "").equals("noise_prediction"),
                json.flag("lower_order_final", true),
                json.flag("denoise_to_zero", false),
                json.grid(),
                json.thresholding());
    }

    private static void checkCases(Fixture fixture, Function<LogSnrFixture, Sampler> making) {
        JsonObject cases = fixture.config().getAsJsonObject("cases");
        assertThat(cases.keySet()).isNotEmpty();
        for (String key : cases.keySet()) {
            LogSnrFixture json = new LogSnrFixture(fixture.config(), cases.getAsJsonObject(key));
            DiffusionProcess process = json.process();
            Sampler sampler = making.apply(json);
            assertThat(sampler.spec().create()).as(key).isEqualTo(sampler);
            try (NDManager manager = NDManager.newBaseManager()) {
                Trajectory trajectory = new Trajectory(manager);
                Start start = json.start(process, fixture.doubleArray(manager, "in.x_T"));
                trajectory.add(start.x());
                sampler.sample(
                        json.model(process), process, start, SeededNoise.steps(), trajectory);
                Close.assertClose(
                        "%s %s trace".formatted(fixture, key),
                        trajectory.stacked().toDoubleArray(),
                        fixture.doubles("out64." + key + ".trace"),
                        DOUBLE);
                checkTimes(fixture, key, json, process, trajectory, sampler.steps());
            }
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray last =
                        sampler.sample(
                                json.model(process),
                                process,
                                json.start(process, fixture.array(manager, "in.x_T")),
                                SeededNoise.steps(),
                                StepListener.NONE);
                double[] trace = fixture.doubles("out64." + key + ".trace");
                int size = (int) last.size();
                Close.assertClose(
                        "%s %s in single precision".formatted(fixture, key),
                        widened(last.toFloatArray()),
                        Arrays.copyOfRange(trace, trace.length - size, trace.length),
                        SINGLE);
            }
        }
    }

    private static void checkTimes(
            Fixture fixture,
            String key,
            LogSnrFixture json,
            DiffusionProcess process,
            Trajectory trajectory,
            int steps) {
        double[] expected = fixture.doubles("out64." + key + ".timesteps");
        double[] reached = new double[steps];
        for (int i = 0; i < steps; i++) {
            reached[i] = LogSnrFixture.written(process, trajectory.times().get(i));
        }
        Close.assertClose(
                "%s %s times".formatted(fixture, key),
                reached,
                Arrays.copyOfRange(expected, 1, expected.length),
                Tolerance.elementwise(1e-9, 1e-12));
    }

    private static double[] widened(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }
}
