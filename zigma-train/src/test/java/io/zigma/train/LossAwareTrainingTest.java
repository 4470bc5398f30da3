package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.LossAwareTimes;
import io.zigma.diffusion.Prediction;
import io.zigma.diffusion.Processes;
import io.zigma.diffusion.UniformTimes;
import io.zigma.train.config.Objective;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.run.RunException;
import io.zigma.train.run.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Importance sampling of DDPM's steps in a run, with so few steps that it begins early in it. */
class LossAwareTrainingTest {

    private static final int TIMES = 3;
    private static final int HISTORY = 2;

    @TempDir Path folder;

    private static TrainingConfig config(LossAwareTimes times) {
        return TinyRuns.config()
                .withObjective(
                        new Objective(
                                Processes.KINDS
                                        .get("ddpm")
                                        .create(
                                                Map.of(
                                                        "steps",
                                                        Integer.toString(TIMES),
                                                        "schedule",
                                                        "cosine",
                                                        "variance",
                                                        "fixed-small")),
                                times,
                                0.3));
    }

    private static TrainingConfig lossAware() {
        return config(new LossAwareTimes(HISTORY, 0.001));
    }

    @Test
    void aRunThatWasInterruptedEndsWithTheSameBytes() throws IOException {
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        losses(whole, lossAware());
        try (Training training = TinyRuns.start(parts, lossAware())) {
            training.addListener(failingAfter(7)); // the newest checkpoint is that of step 5
            assertThatThrownBy(training::run).hasMessage("interrupted on purpose");
        }
        assertThat(state(parts, 5)).hasSize(TIMES * (1 + HISTORY)).contains(HISTORY);
        try (Training training = TinyRuns.resume(parts)) {
            assertThat(training.step()).isEqualTo(5);
            training.run();
        }
        for (String file : List.of("model.safetensors", "training.safetensors", "training.json")) {
            assertThat(checkpoint(parts, 12).resolve(file))
                    .as(file)
                    .hasSameBinaryContentAs(checkpoint(whole, 12).resolve(file));
        }
    }

    @Test
    void theStateHoldsTheLastLossesOfEachStep() throws IOException {
        List<Double> means = losses(folder.resolve("run"), lossAware());
        double[] state = state(folder.resolve("run"), 12);
        assertThat(Arrays.copyOf(state, TIMES)).containsOnly(HISTORY);
        double largest = 6 * means.stream().mapToDouble(mean -> mean).max().orElseThrow();
        for (double loss : Arrays.copyOfRange(state, TIMES, state.length)) {
            assertThat(loss).isGreaterThan(0).isLessThan(largest);
        }
    }

    @Test
    void theRunIsThatOfUniformTimesUntilEveryStepHasItsLossesAndAnotherFromThenOn()
            throws IOException {
        Objective uniform =
                new Objective(lossAware().objective().process(), new UniformTimes(), 0.3);
        List<Double> aware = losses(folder.resolve("aware"), lossAware());
        List<Double> cold = losses(folder.resolve("cold"), config(new LossAwareTimes(50, 0.001)));
        List<Double> even =
                losses(folder.resolve("even"), TinyRuns.config().withObjective(uniform));
        assertThat(cold).as("with a history that no step reaches").isEqualTo(even);
        assertThat(aware.get(0)).isEqualTo(even.get(0));
        assertThat(aware.subList(6, 12)).isNotEqualTo(even.subList(6, 12));
    }

    @Test
    void theConfigurationIsReadAgainAndCannotChange() throws IOException {
        Path run = folder.resolve("run");
        losses(run, lossAware());
        assertThat(Training.configuration(run)).isEqualTo(lossAware());
        TrainingConfig other = config(new LossAwareTimes(3, 0.001)).withSteps(20);
        assertThatThrownBy(() -> Training.requireResumable(run, other))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("--times-option history is 2 in the run, 3 asked for");
    }

    @Test
    void aProcessWithoutStepsIsRefused() {
        assertThatThrownBy(
                        () ->
                                new Objective(
                                        new InterpolantProcess(
                                                InterpolantKind.LINEAR, Prediction.VELOCITY),
                                        new LossAwareTimes(10, 0.001),
                                        0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("need a process with steps, such as ddpm");
    }

    private static List<Double> losses(Path run, TrainingConfig config) throws IOException {
        List<Double> losses = new ArrayList<>();
        try (Training training = TinyRuns.start(run, config)) {
            training.addListener(
                    new TrainingListener() {
                        @Override
                        public void afterStep(StepReport report) {
                            losses.add(report.loss());
                        }
                    });
            training.run();
        }
        return losses;
    }

    private static double[] state(Path run, int step) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            return TrainingState.read(checkpoint(run, step), manager).times();
        }
    }

    private static Path checkpoint(Path run, int step) {
        return run.resolve("checkpoints/" + "0".repeat(step < 10 ? 7 : 6) + step);
    }

    private static TrainingListener failingAfter(long step) {
        return new TrainingListener() {
            @Override
            public void afterStep(StepReport report) throws IOException {
                if (report.step() == step) {
                    throw new IOException("interrupted on purpose");
                }
            }
        };
    }
}
