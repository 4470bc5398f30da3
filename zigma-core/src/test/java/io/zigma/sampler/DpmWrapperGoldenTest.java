package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import io.zigma.diffusion.Ddpm;
import io.zigma.diffusion.DdpmLoss;
import io.zigma.diffusion.DdpmMean;
import io.zigma.diffusion.DdpmVariance;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What DPM-Solver's official wrapper makes of a network: schedule, conversions and guidance. */
@Tag("golden")
class DpmWrapperGoldenTest {

    private static final Tolerance DOUBLE = Tolerance.elementwise(1e-9, 1e-9);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("dpmpp_wrapper");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theScheduleIsTheOfficialOne(Fixture fixture) {
        Ddpm process = process(fixture, DdpmMean.EPSILON);
        check(fixture, "out64.alpha", process::alpha);
        check(fixture, "out64.sigma", process::sigma);
        check(fixture, "out64.lambda", process::halfLogSnr);
        double[] lambda = fixture.doubles("out64.lambda");
        double[] times = new double[lambda.length];
        for (int i = 0; i < times.length; i++) {
            times[i] = process.solverTime(process.timeOf(lambda[i]));
        }
        Close.assertClose(
                fixture + " times again", times, fixture.doubles("out64.inverse_lambda"), DOUBLE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void noiseIsFoundInWhateverTheNetworkPredicts(Fixture fixture) {
        for (String name : fixture.names("out64.noise_from.")) {
            DdpmMean mean =
                    switch (name.substring("out64.noise_from.".length())) {
                        case "noise" -> DdpmMean.EPSILON;
                        case "x_start" -> DdpmMean.START;
                        case "v" -> DdpmMean.V;
                        default -> null; // a score, which DDPM's networks do not predict
                    };
            if (mean != null) {
                checkRows(fixture, name, mean, null, (model, process, rows) -> model);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void guidanceIsTheOfficialOne(Fixture fixture) {
        double scale = fixture.config().get("guidance_scale").getAsDouble();
        checkRows(
                fixture,
                "out64.free_guidance",
                DdpmMean.V,
                null,
                (model, process, rows) ->
                        Guidance.of(
                                rows.network(process, rows.condition()),
                                model,
                                process,
                                new GuidanceStrength(scale)));
        double classifier = fixture.config().get("classifier_scale").getAsDouble();
        checkRows(
                fixture,
                "out64.classifier_guidance",
                DdpmMean.EPSILON,
                null,
                (model, process, rows) ->
                        new ClassifierGuidance(model, process, rows.gradient(process, classifier)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void aGuidedSampleIsTheOfficialOne(Fixture fixture) {
        Ddpm process = process(fixture, DdpmMean.V);
        double scale = fixture.config().get("guidance_scale").getAsDouble();
        try (NDManager manager = NDManager.newBaseManager()) {
            Rows rows = new Rows(fixture, manager, -1);
            Denoiser model =
                    Guidance.of(
                            rows.network(process, rows.condition()),
                            rows.network(process, null),
                            process,
                            new GuidanceStrength(scale));
            NDArray sample =
                    new SamplerSpec("dpm++", fixture.config().get("steps").getAsInt())
                            .create()
                            .sample(
                                    model,
                                    process,
                                    Start.from(process, fixture.doubleArray(manager, "in.x_T")),
                                    SeededNoise.steps(),
                                    StepListener.NONE);
            Close.assertClose(
                    fixture + " sample",
                    sample.toDoubleArray(),
                    fixture.doubles("out64.sample_2m_guided"),
                    Tolerance.elementwise(1e-8, 1e-8));
        }
    }

    private interface Wrapping {
        Denoiser around(Denoiser model, Ddpm process, Rows rows);
    }

    private static void checkRows(
            Fixture fixture,
            String name,
            DdpmMean mean,
            @Nullable NDArray condition,
            Wrapping wrapping) {
        Ddpm process = process(fixture, mean);
        double[] t = fixture.doubles("in.t");
        try (NDManager manager = NDManager.newBaseManager()) {
            NDList noises = new NDList();
            for (int row = 0; row < t.length; row++) {
                Rows rows = new Rows(fixture, manager, row);
                Denoiser model = wrapping.around(rows.network(process, condition), process, rows);
                noises.add(model.at(rows.x(), process.timeOfSolver(t[row])).noise());
            }
            Close.assertClose(
                    fixture + " " + name,
                    NDArrays.concat(noises, 0).toDoubleArray(),
                    fixture.doubles(name),
                    DOUBLE);
        }
    }

    private static Ddpm process(Fixture fixture, DdpmMean mean) {
        String betas = fixture.config().getAsJsonObject("schedule").get("betas").getAsString();
        return new Ddpm(
                LogSnrFixture.discrete(betas).schedule(),
                mean,
                DdpmVariance.FIXED_SMALL,
                DdpmLoss.MSE,
                false);
    }

    private static void check(Fixture fixture, String name, DoubleUnaryOperator function) {
        double[] t = fixture.doubles("in.t");
        Ddpm process = process(fixture, DdpmMean.EPSILON);
        double[] actual = new double[t.length];
        for (int i = 0; i < t.length; i++) {
            actual[i] = function.applyAsDouble(process.timeOfSolver(t[i]));
        }
        Close.assertClose(fixture + " " + name, actual, fixture.doubles(name), DOUBLE);
    }

    /** One sample of the fixture, or all of them, and the fixture's network. */
    private static final class Rows {

        private final Fixture fixture;
        private final NDManager manager;
        private final int row;

        Rows(Fixture fixture, NDManager manager, int row) {
            this.fixture = fixture;
            this.manager = manager;
            this.row = row;
        }

        NDArray x() {
            return part("in.x");
        }

        NDArray condition() {
            return part("in.cond");
        }

        private NDArray part(String name) {
            NDArray all = fixture.doubleArray(manager, name);
            return row < 0 ? all : all.get(new NDIndex("{}:{}", row, row + 1));
        }

        /** (A·x over channels)(1 + τ/2) + 0.3 sin(2x) + c. */
        Denoiser network(Ddpm process, @Nullable NDArray condition) {
            NDArray a = fixture.doubleArray(manager, "param.A");
            return (x, t) -> {
                double tau = process.solverTime(t) - 1.0 / process.trainingSteps();
                NDArray mixed =
                        x.transpose(0, 2, 3, 1)
                                .matMul(a.transpose())
                                .transpose(0, 3, 1, 2)
                                .mul(1 + 0.5 * tau);
                NDArray said = mixed.add(x.mul(2).sin().mul(0.3));
                return process.interpret(condition == null ? said : said.add(condition), x, t);
            };
        }

        /** scale·∇ of −(x − c)²/(2(1 + τ)). */
        LogProbabilityGradient gradient(Ddpm process, double scale) {
            return (x, t) -> condition().sub(x).mul(scale / (1 + t / process.trainingSteps()));
        }
    }
}
