package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

import io.zigma.backbone.zigma.OfficialConstructor;
import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.condition.Condition;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.LossWeight;
import io.zigma.diffusion.Noised;
import io.zigma.diffusion.Prediction;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import io.zigma.train.optim.AdamWConfig;
import io.zigma.train.optim.EmaConfig;
import io.zigma.train.optim.LearningRateSchedule;
import io.zigma.train.optim.NamedArrays;
import io.zigma.train.optim.WeightDecayScope;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Steps of the official training loop: loss, gradients, weights and average.
 *
 * <p>That loop clips after its step and so never changes an update; ours runs without a limit here.
 */
@Tag("golden")
class TrainStepsGoldenTest {

    private static final Tolerance LOSS = Tolerance.elementwise(2e-5, 1e-6);
    private static final Tolerance GRADIENT = Tolerance.ofLargest(1e-4, 1e-7);

    /** Below this Adam's update is decided by rounding: gradient / √(gradient²) keeps no digits. */
    private static final double SMALL_GRADIENT = 1e-6;

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("train_steps");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void eachStepHasTheOfficialLossAndGradientNorm(Fixture fixture) throws IOException {
        try (OfficialRun run = new OfficialRun(fixture, decay(fixture))) {
            for (int step = 0; step < run.steps(); step++) {
                StepReport report = run.take(step);
                Close.assertClose(
                        fixture + " out.step%d.loss".formatted(step),
                        new float[] {(float) report.loss()},
                        fixture.floats("out.step%d.loss".formatted(step)),
                        LOSS);
                Close.assertClose(
                        fixture + " out.step%d.grad_norm".formatted(step),
                        new float[] {(float) report.gradientNorm()},
                        fixture.floats("out.step%d.grad_norm".formatted(step)),
                        Tolerance.elementwise(1e-4, 1e-6));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theFirstStepHasTheOfficialGradients(Fixture fixture) throws IOException {
        try (OfficialRun run = new OfficialRun(fixture, decay(fixture))) {
            run.gradients(0)
                    .forEach(
                            (name, gradient) ->
                                    Close.assertClose(fixture, "grad." + name, gradient, GRADIENT));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void theLastStepLeavesTheOfficialWeightsAndAverage(Fixture fixture) throws IOException {
        try (OfficialRun run = new OfficialRun(fixture, decay(fixture))) {
            run.takeAll();
            assertWeightsClose(fixture, "out.after.", run.models.weights());
            assertWeightsClose(fixture, "out.ema.", run.models.averages());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void aFasterAverageAgreesToo(Fixture fixture) throws IOException {
        Assumptions.assumeTrue(
                !fixture.names("out.ema09.").isEmpty(), "the fixture has no average of decay 0.9");
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

    /** Our training step with a fixture's weights, settings and draws. */
    private static final class OfficialRun implements AutoCloseable {

        final Fixture fixture;
        final NDManager manager = NDManager.newBaseManager();
        final TrainingConfig config;
        final ModelPair models;
        final TrainingStep trainingStep;

        OfficialRun(Fixture fixture, double emaDecay) {
            this.fixture = fixture;
            this.config = config(fixture.config(), emaDecay);
            this.models = new ModelPair(config.model(), 0, List.of(), manager);
            Map<String, NDArray> weights = new LinkedHashMap<>();
            for (String tensor : fixture.names("param.")) {
                weights.put(tensor.substring("param.".length()), fixture.array(manager, tensor));
            }
            NamedArrays.copyAll("weight", weights, models.weights());
            this.trainingStep = new TrainingStep(config, models, manager);
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
                                    InterpolantKind.parse(json.get("path_type").getAsString()),
                                    Prediction.parse(json.get("prediction").getAsString()),
                                    LossWeight.NONE,
                                    new TimeSampling.Uniform(),
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

        long steps() {
            return config.steps();
        }

        void takeAll() throws IOException {
            for (int step = 0; step < steps(); step++) {
                take(step);
            }
        }

        StepReport take(int step) throws IOException {
            try (NDManager scope = manager.newSubManager()) {
                Noised x = sample(step, scope);
                return trainingStep.take(step, x, condition(step, scope), scope);
            }
        }

        Map<String, NDArray> gradients(int step) {
            Noised x = sample(step, manager);
            return trainingStep
                    .forwardBackward(step, x, condition(step, manager), manager)
                    .gradients();
        }

        private Noised sample(int step, NDManager scope) {
            String prefix = "in.step%d.".formatted(step);
            float[] floats = fixture.floats(prefix + "t");
            double[] times = new double[floats.length];
            for (int i = 0; i < times.length; i++) {
                times[i] = floats[i];
            }
            return config.objective()
                    .process()
                    .noised(
                            fixture.array(scope, prefix + "x1"),
                            fixture.array(scope, prefix + "x0"),
                            times);
        }

        private Condition condition(int step, NDManager scope) {
            String name = "in.step%d.y".formatted(step);
            if (!fixture.has(name)) {
                return Condition.NONE;
            }
            long[] labels = fixture.longs(name);
            return Condition.ofLabels(scope.create(labels, new Shape(labels.length)));
        }

        @Override
        public void close() {
            trainingStep.close();
            manager.close();
        }
    }
}
