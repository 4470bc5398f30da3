package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zigma.backbone.zigma.TinyModels;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gradients added up over several batches before a step. */
class AccumulationTest {

    /** With stochastic depth, dropped labels and mirroring: everything that is random in a step. */
    private static final TrainingConfig LARGE =
            TinyRuns.config(TinyModels.DROPPING).withSteps(4).withBatchSize(12);

    private static final TrainingConfig SMALL = LARGE.withBatchSize(4).withAccumulate(3);

    @TempDir Path folder;

    @Test
    void threeBatchesAreOneOfThreeTimesAsManyPictures() throws IOException {
        List<StepReport> large = reports("large", LARGE);
        List<StepReport> small = reports("small", SMALL);
        assertThat(small).hasSameSizeAs(large).hasSize(4);
        for (int step = 0; step < large.size(); step++) {
            StepReport expected = large.get(step);
            StepReport actual = small.get(step);
            assertThat(actual.images()).isEqualTo(expected.images()).isEqualTo(12);
            assertThat(actual.loss())
                    .as("loss of step %d", step + 1)
                    .isCloseTo(expected.loss(), within(1e-5 * expected.loss()));
            assertThat(actual.gradientNorm())
                    .as("gradient norm of step %d", step + 1)
                    .isCloseTo(expected.gradientNorm(), within(1e-4 * expected.gradientNorm()));
        }
    }

    @Test
    void aRunThatIsBrokenOffEndsWithTheSameBytes() throws IOException {
        reports("straight", SMALL);
        reports("broken", SMALL.withSteps(2));
        try (Training training =
                Training.resume(
                        TrainingRequest.of(folder.resolve("broken"), SMALL, TinyRuns.data())
                                .withProvenance(TinyRuns.PROVENANCE))) {
            training.run();
        }
        for (String file : List.of("model.safetensors", "training.safetensors", "training.json")) {
            String end = "checkpoints/00000004/" + file;
            assertThat(folder.resolve("broken").resolve(end))
                    .hasSameBinaryContentAs(folder.resolve("straight").resolve(end));
        }
    }

    @Test
    void theCardNamesBatchAndNumber() throws IOException {
        reports("run", SMALL);
        assertThat(folder.resolve("run/checkpoints/00000004/README.md"))
                .content()
                .contains("trained for 4 steps of 12 images")
                .contains("batch size 4, gradients of 3 batches a step");
    }

    @Test
    void noBatchAndTooManyAreRefused() {
        assertThatThrownBy(() -> LARGE.withAccumulate(0)).hasMessageContaining("at least 1 batch");
        assertThatThrownBy(() -> LARGE.withAccumulate(Integer.MAX_VALUE))
                .hasMessageContaining("too large");
    }

    private List<StepReport> reports(String name, TrainingConfig config) throws IOException {
        List<StepReport> reports = new ArrayList<>();
        try (Training training = TinyRuns.start(folder.resolve(name), config)) {
            training.addListener(
                    new TrainingListener() {
                        @Override
                        public void afterStep(StepReport report) {
                            reports.add(report);
                        }
                    });
            training.run();
        }
        return reports;
    }
}
