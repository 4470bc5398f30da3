package io.zigma.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import io.zigma.train.TinyRuns;
import io.zigma.train.config.Optimization;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.Batch;
import io.zigma.train.data.BatchPlan;
import io.zigma.train.data.Batches;
import io.zigma.train.listen.Listeners;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.optim.AdamWConfig;
import io.zigma.train.optim.EmaConfig;
import io.zigma.train.optim.LearningRateSchedule;
import io.zigma.train.optim.OptimizerKind;
import io.zigma.train.optim.WeightDecayScope;
import io.zigma.train.run.TrainingState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps as they are arranged on a device, here in main memory, against those of the CPU. */
class DeviceStepsTest {

    private static final Tolerance ROUNDING = Tolerance.elementwise(2e-4, 2e-5);

    /** A loop and what it did. */
    private static final class Run implements AutoCloseable {

        private final NDManager manager = NDManager.newBaseManager(Device.cpu());
        private final List<StepReport> reports = new ArrayList<>();
        private final TrainingConfig config;
        private final ModelPair models;
        private final TrainingLoop loop;

        Run(TrainingConfig config, Placement placement) {
            this.config = config;
            models =
                    new ModelPair(config.model(), config.seed(), config.origin().frozen(), manager);
            loop =
                    new TrainingLoop(
                            config,
                            models,
                            BatchConditions.ofLabels(config.model().conditioning()),
                            manager,
                            placement);
        }

        /** Takes steps until so many were taken in all. */
        Run to(long steps) throws IOException {
            try (Batches batches =
                    Batches.from(
                            TinyRuns.data(),
                            new BatchPlan(config.batchSize(), config.seed(), config.flip()),
                            loop.position())) {
                loop.run(batches::next, new Listeners(List.of(stopping(steps))), step -> {});
            }
            return this;
        }

        private TrainingListener stopping(long steps) {
            return new TrainingListener() {
                @Override
                public void afterStep(StepReport report) {
                    reports.add(report);
                    if (report.step() == steps) {
                        loop.stopAfterCurrentStep();
                    }
                }
            };
        }

        /** Returns everything that a checkpoint has, by name. */
        Map<String, NDArray> everything() {
            TrainingState state = loop.state();
            Map<String, NDArray> all = new LinkedHashMap<>();
            state.weights().forEach((name, array) -> all.put("weight " + name, array));
            models.averages().forEach((name, array) -> all.put("average " + name, array));
            state.firstMoments().forEach((name, array) -> all.put("first " + name, array));
            state.secondMoments().forEach((name, array) -> all.put("second " + name, array));
            state.powerAverages().forEach((name, array) -> all.put("power " + name, array));
            return all;
        }

        @Override
        public void close() {
            loop.close();
            manager.close();
        }
    }

    private static TrainingConfig config(OptimizerKind optimizer) {
        Optimization optimization =
                new Optimization(
                        new LearningRateSchedule.Constant(1e-3, 0),
                        new AdamWConfig(0.9, 0.99, 1e-6, 0.1, WeightDecayScope.MATRICES),
                        0.05, // below the norm, so that gradients are clipped
                        new EmaConfig(0.9, true));
        return TinyRuns.config(TinyModels.CONDITIONAL)
                .withSteps(6)
                .withAccumulate(2)
                .withOptimization(
                        optimization.withOptimizer(optimizer).withPowerEma(List.of(0.05, 0.1)))
                .withFrozen("x_embedder");
    }

    private static void assertSame(Run actual, Run expected, Tolerance tolerance) {
        Map<String, NDArray> all = actual.everything();
        assertThat(all.keySet())
                .containsExactlyInAnyOrderElementsOf(expected.everything().keySet());
        expected.everything()
                .forEach((name, array) -> Close.assertClose(name, all.get(name), array, tolerance));
    }

    @ParameterizedTest
    @EnumSource(OptimizerKind.class)
    void stepsOnADeviceAreThoseOfTheCpuUpToRounding(OptimizerKind optimizer) throws IOException {
        try (Run host = new Run(config(optimizer), Placement.HOST).to(4);
                Run device = new Run(config(optimizer), Placement.DEVICE).to(4)) {
            assertSame(device, host, ROUNDING);
            for (int i = 0; i < 4; i++) {
                StepReport expected = host.reports.get(i);
                StepReport report = device.reports.get(i);
                assertThat(report.loss()).isCloseTo(expected.loss(), within(1e-4));
                assertThat(report.gradientNorm()).isCloseTo(expected.gradientNorm(), within(1e-4));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(OptimizerKind.class)
    void aRunOnADeviceThatStopsAndGoesOnIsOneThatDidNot(OptimizerKind optimizer)
            throws IOException {
        try (Run straight = new Run(config(optimizer), Placement.DEVICE).to(6);
                Run stopped = new Run(config(optimizer), Placement.DEVICE).to(3);
                Run resumed = new Run(config(optimizer), Placement.DEVICE)) {
            resumed.loop.restore(stopped.loop.state(), stopped.models.averages());
            assertSame(resumed, stopped, Tolerance.elementwise(0, 0));
            resumed.to(6);
            assertSame(resumed, straight, Tolerance.elementwise(0, 0));
        }
    }

    @Test
    void theModelsUseTheArraysThatStepsMove() throws IOException {
        try (Run device = new Run(config(OptimizerKind.ADAMW), Placement.DEVICE)) {
            NDArray weight =
                    device.models.trained().namedParameters().get("norm_f.weight").getArray();
            NDArray average =
                    device.models.averaged().namedParameters().get("norm_f.weight").getArray();
            float[] before = weight.toFloatArray();
            device.to(1);
            assertThat(weight.toFloatArray()).isNotEqualTo(before);
            assertThat(average.toFloatArray()).isNotEqualTo(before);
            assertThat(weight.hasGradient()).isTrue();
        }
    }

    @Test
    void frozenWeightsStayAsTheyAre() throws IOException {
        try (Run device = new Run(config(OptimizerKind.ADAMW), Placement.DEVICE)) {
            String name = "x_embedder.proj.weight";
            float[] before = device.models.weights().get(name).toFloatArray();
            device.to(3);
            assertThat(device.models.weights().get(name).toFloatArray()).isEqualTo(before);
            assertThat(device.models.averages().get(name).toFloatArray()).isEqualTo(before);
        }
    }

    @Test
    void whatIsNotFiniteEndsTheRunBeforeAnythingIsWritten() {
        List<Long> written = new ArrayList<>();
        try (Run device = new Run(config(OptimizerKind.ADAMW), Placement.DEVICE)) {
            device.models.weights().get("norm_f.weight").stopGradient().muli(Float.NaN);
            Batch batch = new Batch(new float[6 * 72], new int[6], 0);
            assertThatThrownBy(
                            () ->
                                    device.loop.run(
                                            () -> batch, new Listeners(List.of()), written::add))
                    .isInstanceOf(DivergedException.class);
            assertThat(written).isEmpty();
        }
    }

    @Test
    void arraysDoNotAddUpFromStepToStep() throws IOException {
        try (Run device = new Run(config(OptimizerKind.MUON), Placement.DEVICE)) {
            device.to(2);
            int held = device.manager.getManagedArrays().size();
            device.to(5);
            assertThat(device.manager.getManagedArrays()).hasSize(held);
        }
    }

    @Test
    void aFailureOfTheDataReachesTheCaller() {
        IllegalStateException failure = new IllegalStateException("the picture went away");
        try (Run device = new Run(config(OptimizerKind.ADAMW), Placement.DEVICE)) {
            assertThatThrownBy(
                            () ->
                                    device.loop.run(
                                            () -> {
                                                throw failure;
                                            },
                                            new Listeners(List.of()),
                                            step -> {}))
                    .isSameAs(failure);
        }
    }
}
