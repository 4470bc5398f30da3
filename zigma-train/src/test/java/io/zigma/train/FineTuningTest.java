package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.condition.ByClass;
import io.zigma.io.SafetensorsFile;
import io.zigma.train.config.Cadence;
import io.zigma.train.config.Optimization;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.optim.AdamWConfig;
import io.zigma.train.optim.EmaConfig;
import io.zigma.train.optim.LearningRateSchedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that start from a checkpoint's weights. */
class FineTuningTest {

    private static final StripedImages DATA = TinyRuns.data();
    private static final String TABLE = "y_embedder.embedding_table.weight";

    @TempDir Path folder;
    private CheckpointFolder checkpoint;

    @BeforeEach
    void writeACheckpoint() throws IOException {
        checkpoint = TinyCheckpoints.write(Files.createDirectory(folder.resolve("from")), 4);
    }

    @Test
    void frozenWeightsStayAndAllOthersMove() throws IOException {
        String[] frozen = {"pos_embed", "x_embedder", "t_embedder", "blocks.0."};
        Path tuned = run("tuned", config().withFrozen(frozen));
        try (SafetensorsFile before = weights(checkpoint.path());
                SafetensorsFile after = weights(tuned)) {
            for (String name : before.names()) {
                boolean stays = List.of(frozen).stream().anyMatch(name::startsWith);
                if (stays) {
                    assertThat(after.floats(name)).as(name).isEqualTo(before.floats(name));
                } else {
                    assertThat(after.floats(name)).as(name).isNotEqualTo(before.floats(name));
                }
            }
        }
    }

    @Test
    void withoutLearningTheWeightsAreTheCheckpoints() throws IOException {
        TrainingConfig idle =
                config().withOptimization(
                                optimization(new LearningRateSchedule.Constant(1e-30, 0)));
        try (SafetensorsFile before = weights(checkpoint.path());
                SafetensorsFile after = weights(run("idle", idle))) {
            for (String name : before.names()) {
                if (!name.equals(TABLE)) {
                    assertThat(after.floats(name)).as(name).isEqualTo(before.floats(name));
                }
            }
        }
    }

    @Test
    void anInterruptedRunEndsWithTheSameBytesAsOneThatWasNot() throws IOException {
        TrainingConfig config = config().withFrozen("blocks.1.").withSteps(4);
        Path straight = run("straight", config);
        run("broken", config.withSteps(2));
        try (Training training =
                Training.resume(TrainingRequest.of(folder.resolve("broken"), config, DATA))) {
            training.run();
        }
        for (String file : List.of("model.safetensors", "training.safetensors", "README.md")) {
            assertThat(folder.resolve("broken/checkpoints/00000004").resolve(file))
                    .hasSameBinaryContentAs(straight.resolve(file));
        }
    }

    @Test
    void theCardNamesWhatItStartedFrom() throws IOException {
        assertThat(run("tuned", config().withFrozen("x_embedder")).resolve("README.md"))
                .content()
                .contains("started from: from, weights `" + checkpoint.weightsHash())
                .contains("not trained: x_embedder");
    }

    @Test
    void classesKeepWhatTheyKnewByName() {
        CheckpointConfig from = TinyCheckpoints.config(); // circle, square, cross and null
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray known = manager.arange(8f).reshape(4, 2);
            NDArray initial = manager.full(new Shape(3, 2), -1f);
            Map<String, NDArray> starting =
                    new StartingWeights(from, Map.of(TABLE, known, "other", known))
                            .over(
                                    Map.of(TABLE, initial, "other", initial),
                                    new ByClass(2, true),
                                    List.of("cross", "star"));

            assertThat(starting.get("other")).isSameAs(known);
            assertThat(starting.get(TABLE).toFloatArray())
                    .as("cross, a class that is new, null")
                    .containsExactly(4, 5, -1, -1, 6, 7);
        }
    }

    @Test
    void aClassStartsFromTheOneOfItsNameAndFromNoOther() {
        assertThat(started(List.of("0", "1", "2"), List.of("1", "2", "3")))
                .as("0 is new, 1 was the first, 2 the second")
                .containsExactly(-1, 10, 11);
        assertThat(started(List.of("A", "a"), List.of("a"))).containsExactly(-1, 10);
        assertThat(started(List.of("caf\u00e9"), List.of("tea", "cafe\u0301")))
                .as("one name in two Unicode forms")
                .containsExactly(11);
    }

    /** Returns what a table of one column starts with: 10 + its row before, or −1 where random. */
    private static float[] started(List<String> labels, List<String> before) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray known = manager.arange(10f, 10f + before.size()).reshape(before.size(), 1);
            NDArray initial = manager.full(new Shape(labels.size(), 1), -1f);
            return new StartingWeights(named(before), Map.of(TABLE, known))
                    .over(Map.of(TABLE, initial), new ByClass(labels.size(), false), labels)
                    .get(TABLE)
                    .toFloatArray();
        }
    }

    private static CheckpointConfig named(List<String> labels) {
        CheckpointConfig tiny = TinyCheckpoints.config();
        return new CheckpointConfig(
                tiny.model()
                        .with(
                                tiny.model()
                                        .signature()
                                        .withConditioning(new ByClass(labels.size(), false))),
                tiny.process(),
                labels,
                tiny.sampling(),
                tiny.training(),
                tiny.data());
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> run("a", config().withFrozen("blocks.7.")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("begins with 'blocks.7.'; names begin with pos_embed")
                .hasMessageContaining("blocks.0");
        assertThatThrownBy(() -> config().withFrozen("")).hasMessageContaining("an empty one");
        assertThatThrownBy(
                        () ->
                                run(
                                        "b",
                                        config().withFrozen(
                                                        "p", "x", "t", "y", "blocks", "norm", "f")))
                .hasMessageContaining("nothing to train");
        assertThatThrownBy(() -> TinyRuns.start(folder.resolve("c"), config()))
                .hasMessageContaining("hand over the checkpoint");
        assertThatThrownBy(() -> run("d", TinyRuns.config()))
                .hasMessageContaining("TrainingConfig.of(checkpoint, data)");
        StripedImages withoutClasses = new StripedImages(20, 4, 6, 0, 0.8f);
        assertThatThrownBy(() -> TrainingConfig.of(checkpoint, withoutClasses))
                .hasMessageContaining("is conditioned on classes, but stripes has none");
    }

    private TrainingConfig config() {
        return TrainingConfig.of(checkpoint, DATA)
                .withSteps(3)
                .withBatchSize(4)
                .withOptimization(optimization(new LearningRateSchedule.Constant(1e-2, 0)))
                .withCadence(new Cadence(0, 10, 0, 4, 1));
    }

    private static Optimization optimization(LearningRateSchedule schedule) {
        return new Optimization(schedule, AdamWConfig.DEFAULT, 1, new EmaConfig(0.5, false));
    }

    /** Runs to the end and returns the last checkpoint. */
    private Path run(String name, TrainingConfig config) throws IOException {
        Path run = folder.resolve(name);
        try (Training training =
                Training.start(TrainingRequest.of(run, config, DATA), checkpoint)) {
            training.run();
        }
        return run.resolve("checkpoints")
                .resolve(String.format(Locale.ROOT, "%08d", config.steps()));
    }

    private static SafetensorsFile weights(Path checkpoint) throws IOException {
        return SafetensorsFile.open(checkpoint.resolve(CheckpointFolder.WEIGHTS));
    }
}
