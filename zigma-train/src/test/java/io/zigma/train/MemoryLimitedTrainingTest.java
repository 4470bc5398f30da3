package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.train.config.TrainingConfig;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.memory.FakeSystem;
import io.zigma.train.memory.MemoryLimitException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs in a control group that has less memory than they need. */
@EnabledOnOs(OS.LINUX)
class MemoryLimitedTrainingTest {

    private static final long MEGA = 1 << 20;

    /** Some 20 KiB for each image, and so half a gibibyte at once. */
    private static final TrainingConfig LARGE = TinyRuns.config().withBatchSize(16384);

    @TempDir Path folder;

    private Path limited(long left) throws IOException {
        Path root = folder.resolve("system");
        FakeSystem.version2(root, "/job").group("/job", 1000 * MEGA, 1000 * MEGA - left);
        return root;
    }

    @Test
    void aStepThatIsTooLargeIsRefusedWithWhatFits() throws IOException {
        try (Training training = TinyRuns.start(folder.resolve("run"), LARGE)) {
            training.readLimitsIn(limited(100 * MEGA));
            int before = training.weightsFingerprint();

            assertThatThrownBy(training::run)
                    .isInstanceOf(MemoryLimitException.class)
                    .hasMessageMatching(
                            "a step with 16,384 pictures at once needs about [\\d.]+ GB in all, the"
                                    + " memory limit of .* leaves [\\d.]+ GB, .*; use --batch-size"
                                    + " \\d+ --accumulate \\d+, which learns from as many a step,"
                                    + " or --recompute");
            assertThat(training.step()).isZero();
            assertThat(training.weightsFingerprint()).isEqualTo(before);
        }
    }

    @Test
    void aRunThatFitsIsNotTouched() throws IOException {
        Path run = folder.resolve("run");
        Path limited = folder.resolve("limited");
        List<String> warnings = new ArrayList<>();
        try (Training training = TinyRuns.start(run, TinyRuns.config())) {
            training.run();
        }
        try (Training training = TinyRuns.start(limited, TinyRuns.config())) {
            training.readLimitsIn(limited(100_000 * MEGA));
            training.addListener(
                    new TrainingListener() {
                        @Override
                        public void warned(String line) {
                            warnings.add(line);
                        }
                    });
            training.run();
        }
        assertThat(warnings).isEmpty();
        for (String file : List.of("model.safetensors", "training.safetensors")) {
            String end = "checkpoints/00000012/" + file;
            assertThat(limited.resolve(end)).hasSameBinaryContentAs(run.resolve(end));
        }
    }
}
