package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches that are divided among copies of the model. */
class ReplicasTest {

    /** With stochastic depth, dropped labels and mirroring: everything that is random in a step. */
    private static final TrainingConfig CONFIG =
            TinyRuns.config(TinyModels.DROPPING).withSteps(50).withBatchSize(7);

    private static final List<String> FILES =
            List.of("model.safetensors", "training.safetensors", "training.json");

    @TempDir Path folder;

    private Training divided(Training training, int replicas) {
        training.replicateOn(Collections.nCopies(replicas - 1, Device.cpu()));
        return training;
    }

    private List<StepReport> run(Training training) throws IOException {
        List<StepReport> reports = new ArrayList<>();
        try (training) {
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

    private List<StepReport> run(String name, TrainingConfig config, int replicas)
            throws IOException {
        return run(divided(TinyRuns.start(folder.resolve(name), config), replicas));
    }

    private Training resume(String name, TrainingConfig config) throws IOException {
        return Training.resume(
                TrainingRequest.of(folder.resolve(name), config, TinyRuns.data())
                        .withProvenance(TinyRuns.PROVENANCE));
    }

    private Path end(String name, String file) {
        return folder.resolve(name).resolve("checkpoints/00000050").resolve(file);
    }

    @Test
    void twoReplicasAndOneHaveTheSameWeightsAfterFiftySteps() throws IOException {
        List<StepReport> one = run("one", CONFIG, 1);
        List<StepReport> two = run("two", CONFIG, 2);

        assertThat(two).hasSameSizeAs(one).hasSize(50);
        for (int step = 0; step < one.size(); step++) {
            assertThat(two.get(step).loss())
                    .as("loss of step %s", step + 1)
                    .isCloseTo(one.get(step).loss(), within(1e-4 * one.get(step).loss()));
        }
        assertThat(furthest("one", "two", "model.safetensors")).isLessThan(2e-4f);
        assertThat(furthest("one", "two", "training.safetensors")).isLessThan(2e-4f);
    }

    /** Returns by how much any number of two runs' last checkpoints differs. */
    private float furthest(String one, String other, String file) throws IOException {
        return FurthestNumbers.between(end(one, file), end(other, file));
    }

    @Test
    void replicasThatAreThreeRepeatToTheLastBit() throws IOException {
        run("first", CONFIG, 3);
        run("second", CONFIG, 3);

        for (String file : FILES) {
            assertThat(end("second", file)).hasSameBinaryContentAs(end("first", file));
        }
    }

    @Test
    void aRunThatIsBrokenOffEndsWithTheSameBytes() throws IOException {
        run("straight", CONFIG, 2);
        run("broken", CONFIG.withSteps(20), 2);
        run(divided(resume("broken", CONFIG), 2));

        for (String file : FILES) {
            assertThat(end("broken", file)).hasSameBinaryContentAs(end("straight", file));
        }
    }

    @Test
    void aRunResumesWithAnotherNumberOfReplicas() throws IOException {
        run("straight", CONFIG, 1);
        run("broken", CONFIG.withSteps(20), 3);
        List<StepReport> rest = run(divided(resume("broken", CONFIG), 2));

        assertThat(rest).hasSize(30);
        assertThat(furthest("straight", "broken", "model.safetensors")).isLessThan(2e-4f);
    }

    @Test
    void gradientsOfSeveralBatchesAreDividedToo() throws IOException {
        TrainingConfig several = CONFIG.withBatchSize(4).withAccumulate(3);
        run("one", several, 1);
        run("two", several, 2);

        assertThat(furthest("one", "two", "model.safetensors")).isLessThan(2e-4f);
    }

    @Test
    void copiesHoldNoMoreArraysAfterManyStepsThanAfterOne() throws IOException {
        List<Long> held = new ArrayList<>();
        Training training = divided(TinyRuns.start(folder.resolve("run"), CONFIG), 2);
        training.addListener(
                new TrainingListener() {
                    @Override
                    public void afterStep(StepReport report) {
                        held.add(training.arraysHeld());
                    }
                });
        run(training);

        assertThat(held).hasSize(50);
        assertThat(held.get(49)).isEqualTo(held.get(1));
    }

    @Test
    void moreReplicasThanPicturesAreRefused() throws IOException {
        try (Training training = TinyRuns.start(folder.resolve("run"), CONFIG)) {
            assertThatThrownBy(() -> divided(training, 8))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "a batch of 7 cannot be divided among 8 replicas; use fewer, or larger batches");
        }
    }
}
