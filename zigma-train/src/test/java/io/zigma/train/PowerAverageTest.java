package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.io.SafetensorsFile;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.optim.PosthocAverage;
import io.zigma.train.optim.PosthocAverage.Point;
import io.zigma.train.optim.PowerProfile;
import io.zigma.train.run.RunException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that keep snapshots of power averages, and checkpoints that are made of them afterwards. */
class PowerAverageTest {

    @TempDir Path folder;

    private static TrainingConfig config() {
        TrainingConfig config = TinyRuns.config();
        return config.withOptimization(config.optimization().withPowerEma(List.of(0.05, 0.1)))
                .withCadence(config.cadence().withSnapshotEvery(4));
    }

    private Path finished(String name) throws IOException {
        Path run = folder.resolve(name);
        try (Training training = TinyRuns.start(run, config())) {
            training.run();
        }
        return run;
    }

    @Test
    void aRunThatWasInterruptedKeepsTheSameSnapshots() throws IOException {
        Path straight = finished("straight");
        Path broken = folder.resolve("broken");
        try (Training training = TinyRuns.start(broken, config())) {
            training.addListener(
                    new TrainingListener() {
                        @Override
                        public void afterStep(StepReport report) throws IOException {
                            if (report.step() == 9) { // the newest checkpoint is that of step 5
                                throw new IOException("interrupted on purpose");
                            }
                        }
                    });
            assertThatThrownBy(training::run).hasMessage("interrupted on purpose");
        }
        try (Training training = TinyRuns.resume(broken)) {
            training.run();
        }
        for (String file :
                List.of(
                        "snapshots/00000004.safetensors",
                        "snapshots/00000008.safetensors",
                        "snapshots/00000012.safetensors",
                        "checkpoints/00000012/training.safetensors")) {
            assertThat(broken.resolve(file))
                    .as(file)
                    .hasSameBinaryContentAs(straight.resolve(file));
        }
        assertThat(Training.configuration(broken)).isEqualTo(config());
    }

    @Test
    void theAverageOfASnapshotsOwnLengthIsTheSnapshot() throws IOException {
        Path run = finished("run");
        CheckpointFolder made =
                PosthocCheckpoint.of(run).write(0.1, OptionalLong.empty(), folder.resolve("made"));
        try (SafetensorsFile weights = weights(made.path());
                SafetensorsFile snapshot =
                        SafetensorsFile.open(run.resolve("snapshots/00000012.safetensors"))) {
            for (String name : weights.names()) {
                assertThat(weights.floats(name))
                        .as(name)
                        .containsExactly(snapshot.floats("0.1/" + name), within(1e-5f));
            }
        }
    }

    @Test
    void anotherLengthIsASumOfSnapshots() throws IOException {
        Path run = finished("run");
        CheckpointFolder made =
                PosthocCheckpoint.of(run).write(0.2, OptionalLong.of(8), folder.resolve("made"));
        List<Point> points =
                List.of(
                        new Point(4, new PowerProfile(0.05)),
                        new Point(4, new PowerProfile(0.1)),
                        new Point(8, new PowerProfile(0.05)),
                        new Point(8, new PowerProfile(0.1)));
        double[] factors = PosthocAverage.coefficients(points, new Point(8, new PowerProfile(0.2)));
        String name = "norm_f.weight";
        double sum = 0;
        for (int i = 0; i < factors.length; i++) {
            String file = "snapshots/0000000%s.safetensors".formatted(points.get(i).step());
            try (SafetensorsFile snapshot = SafetensorsFile.open(run.resolve(file))) {
                sum +=
                        factors[i]
                                * snapshot.floats(points.get(i).profile().length() + "/" + name)[0];
            }
        }
        try (SafetensorsFile weights = weights(made.path())) {
            assertThat(weights.floats(name)[0]).isCloseTo((float) sum, within(1e-6f));
        }
        assertThat(made.config().training().get("steps_taken").getAsInt()).isEqualTo(8);
        assertThat(
                        made.config()
                                .training()
                                .getAsJsonObject("power_average")
                                .get("relative_length")
                                .getAsDouble())
                .isEqualTo(0.2);
        assertThat(made.path().resolve("README.md")).content().contains("of relative length 0.2");
    }

    @Test
    void whatThereIsNoAverageOfIsRefused() throws IOException {
        Path run = finished("run");
        PosthocCheckpoint opened = PosthocCheckpoint.of(run);
        assertThatThrownBy(() -> opened.write(0.1, OptionalLong.of(5), folder.resolve("a")))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("no snapshot of step 5; it has those of steps [4, 8, 12]");
        assertThatThrownBy(() -> opened.write(0.3, OptionalLong.empty(), folder.resolve("b")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("between 0 and 0.2886, not at 0.3");
        Path plain = folder.resolve("plain");
        try (Training training = TinyRuns.start(plain, TinyRuns.config().withSteps(1))) {
            training.run();
        }
        assertThat(plain.resolve("snapshots")).doesNotExist();
        assertThatThrownBy(() -> PosthocCheckpoint.of(plain))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("--power-ema");
        assertThatThrownBy(() -> config().optimization().withPowerEma(List.of(0.1, 0.1)))
                .hasMessageContaining("different lengths");
        assertThatThrownBy(() -> TinyRuns.config().optimization().withPowerEma(List.of(0.0)))
                .hasMessageContaining("between 0 and 0.2886");
    }

    private static SafetensorsFile weights(Path checkpoint) throws IOException {
        return SafetensorsFile.open(checkpoint.resolve(CheckpointFolder.WEIGHTS));
    }
}
