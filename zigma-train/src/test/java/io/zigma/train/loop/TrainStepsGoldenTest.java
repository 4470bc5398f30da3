package io.zigma.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.zigma.backbone.zigma.OfficialConstructor;
import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.condition.Condition;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Noised;
import io.zigma.diffusion.Prediction;
import io.zigma.diffusion.TimeSampler;
import io.zigma.diffusion.UniformTimes;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import io.zigma.train.config.Objective;
import io.zigma.train.config.Optimization;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.Batch;
import io.zigma.train.listen.Listeners;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.loop.Noising.NoisedBatch;
import io.zigma.train.loop.Noising.Position;
import io.zigma.train.optim.AdamWConfig;
import io.zigma.train.optim.BatchGradients;
import io.zigma.train.optim.EmaConfig;
import io.zigma.train.optim.LearningRateSchedule;
import io.zigma.train.optim.NamedArrays;
import io.zigma.train.optim.WeightDecayScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Steps of the official training loop: loss, gradients, weights and EMA.
 *
 * <p>That loop clips after its step and so never changes an update; ours runs without a limit here.
 */
@Tag("golden")
class TrainStepsGoldenTest {

    private static final Tolerance LOSS = Tolerance.elementwise(2e-5, 1e-6);
    private static final Tolerance GRADIENT = Tolerance.ofLargest(1e-4, 1e-7);

    /**
     * Below this Adam's update is decided by rounding: gradient / √(gradient²) has no correct
     * digits.
     */
    private static final double SMALL_GRADIENT = 1e-6;

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("train_steps");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void eachStepHasTheOfficialLossAndGradientNorm(Fixture fixture) throws IOException {
        try (OfficialRun run = new OfficialRun(fixture, decay(fixture))) {
            List<StepReport> reports = run.takeAll();
            assertThat(reports).hasSize(fixture.config().get("steps").getAsInt());
            for (int step = 0; step < reports.size(); step++) {
                StepReport report = reports.get(step);
                Close.assertClose(
                        fixture + " out.step%s.loss".formatted(step),
                        new float[] {(float) report.loss()},
                        fixture.floats("out.step%s.loss".formatted(step)),
                        LOSS);
                Close.assertClose(
                        fixture + " out.step%s.grad_norm".formatted(step),
                        new float[] {(float) report.gradientNorm()},
                        fixture.floats("out.step%s.grad_norm".formatted(step)),
                        Tolerance.elementwise(1e-4, 1e-6));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theFirstStepHasTheOfficialGradients(Fixture fixture) throws IOException {
        try (OfficialRun run = new OfficialRun(fixture, decay(fixture))) {
            Map<String, NDArray> gradients = run.firstGradients();
            assertThat(gradients.keySet().stream().map(name -> "grad." + name))
                    .containsExactlyInAnyOrderElementsOf(fixture.names("grad."));
            gradients.forEach(
                    (name, gradient) ->
                            Close.assertClose(fixture, "grad." + name, gradient, GRADIENT));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theLastStepLeavesTheOfficialWeightsAndEma(Fixture fixture) throws IOException {
        try (OfficialRun run = new OfficialRun(fixture, decay(fixture))) {
            run.takeAll();
            assertWeightsClose(fixture, "out.after.", run.models.weights());
            assertWeightsClose(fixture, "out.ema.", run.models.averages());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void aFasterEmaAgreesToo(Fixture fixture) throws IOException {
        Assumptions.assumeTrue(
                !fixture.names("out.ema09.").isEmpty(), "the fixture has no EMA of decay 0.9");
        try (OfficialRun run = new OfficialRun(fixture, 0.9)) {
            run.takeAll();
            assertWeightsClose(fixture, "out.ema09.", run.models.averages());
        }
    }

    /** Weights whose gradient is rounding noise may end anywhere within the steps' reach. */
    private static void assertWeightsClose(
            Fixture fixture, String prefix, Map<String, NDArray> arrays) {
        double rate = fixture.config().get("lr").getAsDouble();
        int steps = fixture.config().get("steps").getAsInt();
        arrays.forEach(
                (name, array) -> {
                    String tensor = prefix + name;
                    float[] expected = fixture.floats(tensor);
                    float[] actual = array.toFloatArray();
                    assertThat(actual).as(tensor).hasSameSizeAs(expected);
                    float[] gradient =
                            fixture.has("grad." + name)
                                    ? fixture.floats("grad." + name)
                                    : new float[expected.length];
                    for (int i = 0; i < expected.length; i++) {
                        boolean noise = Math.abs(gradient[i]) < SMALL_GRADIENT;
                        double allowed =
                                noise
                                        ? 2 * rate * steps
                                        : 0.02 * rate + 1e-6 * Math.abs(expected[i]);
                        assertThat(Math.abs((double) actual[i] - expected[i]))
                                .as(
                                        "%s %s[%d]: %s instead of %s, gradient %s",
                                        fixture, tensor, i, actual[i], expected[i], gradient[i])
                                .isLessThanOrEqualTo(allowed);
                    }
                });
    }

    private static double decay(Fixture fixture) {
        return fixture.config().get("ema_decay").getAsDouble();
    }

    /** Our training loop with a fixture's weights, settings, noise and times. */
    private static final class OfficialRun implements AutoCloseable {

        final Fixture fixture;
        final NDManager manager = NDManager.newBaseManager();
        final TrainingConfig config;
        final ModelPair models;
        final TrainingLoop loop;

        OfficialRun(Fixture fixture, double emaDecay) {
            this.fixture = fixture;
            this.config = config(fixture.config(), emaDecay);
            this.models = new ModelPair(config.model(), 0, List.of(), manager);
            Map<String, NDArray> weights = new LinkedHashMap<>();
            for (String tensor : fixture.names("param.")) {
                weights.put(tensor.substring("param.".length()), fixture.array(manager, tensor));
            }
            NamedArrays.copyAll("weight", weights, models.weights());
            this.loop = new TrainingLoop(config, models, times -> this::noised, manager);
        }

        private static TrainingConfig config(JsonObject json, double emaDecay) {
            Assumptions.assumeTrue(
                    json.get("optimizer").getAsString().equals("AdamW"),
                    () -> "variant not built: optimizer " + json.get("optimizer"));
            JsonArray betas = json.getAsJsonArray("betas");
            return TrainingConfig.of(
                            OfficialConstructor.config(json.getAsJsonObject("constructor")))
                    .withSteps(json.get("steps").getAsLong())
                    .withBatchSize(json.get("batch").getAsInt())
                    .withObjective(
                            new Objective(
                                    new InterpolantProcess(
                                            InterpolantKind.parse(
                                                    json.get("path_type").getAsString()),
                                            Prediction.parse(json.get("prediction").getAsString())),
                                    new UniformTimes(),
                                    0))
                    .withOptimization(
                            new Optimization(
                                    new LearningRateSchedule.Constant(
                                            json.get("lr").getAsDouble(), 0),
                                    new AdamWConfig(
                                            betas.get(0).getAsDouble(),
                                            betas.get(1).getAsDouble(),
                                            json.get("eps").getAsDouble(),
                                            json.get("weight_decay").getAsDouble(),
                                            WeightDecayScope.EVERYTHING),
                                    Double.POSITIVE_INFINITY,
                                    new EmaConfig(emaDecay, false)))
                    .withSampling(SamplingDefaults.PLAIN);
        }

        List<StepReport> takeAll() throws IOException {
            List<StepReport> reports = new ArrayList<>();
            TrainingListener collecting =
                    new TrainingListener() {
                        @Override
                        public void afterStep(StepReport report) {
                            reports.add(report);
                        }
                    };
            Listeners listeners = new Listeners(List.of(collecting));
            loop.run(this::batch, listeners, TrainingLoop.Outputs.NONE);
            return reports;
        }

        private static TimeSampler timeSampler(TrainingConfig config) {
            return config.objective().times().over(config.objective().process());
        }

        Map<String, NDArray> firstGradients() {
            DiffusionLoss loss =
                    new DiffusionLoss(config, models.trained(), this::noised, timeSampler(config));
            try (BatchGradients gradients =
                    BatchGradients.inMicrobatches(models.trained().namedParameters(), false)) {
                Batch first = batch();
                return gradients
                        .of(first.size(), loss.of(new Position(0, 0), first), manager)
                        .gradients();
            }
        }

        /** A batch of nothing but its size: the fixture has its images already noised. */
        private Batch batch() {
            return new Batch(new float[0], new int[config.batchSize()], 0);
        }

        private NoisedBatch noised(
                Position position, Batch batch, int from, int to, NDManager scope) {
            String prefix = "in.step%s.".formatted(position.step());
            float[] floats = fixture.floats(prefix + "t");
            double[] times = new double[to - from];
            for (int i = 0; i < times.length; i++) {
                times[i] = floats[from + i];
            }
            NDIndex rows = new NDIndex("{}:{}", from, to);
            Noised x =
                    config.objective()
                            .process()
                            .noised(
                                    fixture.array(scope, prefix + "x1").get(rows),
                                    fixture.array(scope, prefix + "x0").get(rows),
                                    times);
            float[] weights = new float[times.length];
            Arrays.fill(weights, 1);
            return new NoisedBatch(x, weights, condition(position.step(), from, to, scope));
        }

        private Condition condition(long step, int from, int to, NDManager scope) {
            String name = "in.step%s.y".formatted(step);
            return fixture.has(name)
                    ? Condition.ofLabels(
                            scope.create(Arrays.copyOfRange(fixture.longs(name), from, to)))
                    : Condition.NONE;
        }

        @Override
        public void close() {
            loop.close();
            manager.close();
        }
    }
}
