package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.media.PngFile;
import io.zigma.train.card.Provenance;
import io.zigma.train.config.Cadence;
import io.zigma.train.config.Optimization;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.loop.DivergedException;
import io.zigma.train.optim.LearningRateSchedule;
import io.zigma.train.optim.OptimizerKind;
import io.zigma.train.run.RunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTest {

    @TempDir Path folder;

    @Test
    void theLossFallsOnPicturesThatCanBeLearnt() throws IOException {
        List<Double> losses = new ArrayList<>();
        TrainingConfig config =
                TinyRuns.config()
                        .withSteps(300)
                        .withOptimization(
                                new Optimization(
                                        new LearningRateSchedule.Constant(5e-3, 10),
                                        Optimization.DEFAULT.adamW(),
                                        2,
                                        Optimization.DEFAULT.ema()))
                        .withCadence(new Cadence(0, 1, 0, 1, 100));
        try (Training training = TinyRuns.start(folder, config)) {
            training.addListener(collecting(losses));
            assertThat(training.run()).isEqualTo(Training.Ending.FINISHED);
        }
        assertThat(mean(losses.subList(250, 300))).isLessThan(0.7 * mean(losses.subList(0, 20)));
    }

    @Test
    void aRunThatWasInterruptedEndsWithTheSameBytesAsOneThatWasNot() throws IOException {
        Path straight = folder.resolve("straight");
        Path broken = folder.resolve("broken");
        try (Training training = TinyRuns.start(straight, TinyRuns.config())) {
            training.run();
        }
        try (Training training = TinyRuns.start(broken, TinyRuns.config())) {
            training.addListener(failingAfter(8)); // the newest checkpoint is that of step 5
            assertThatThrownBy(training::run).hasMessage("interrupted on purpose");
        }
        try (Training training = TinyRuns.resume(broken)) {
            assertThat(training.step()).isEqualTo(5);
            training.run();
        }
        for (String file : List.of("model.safetensors", "training.safetensors", "training.json")) {
            assertThat(checkpoint(broken, 12).resolve(file))
                    .as(file)
                    .hasSameBinaryContentAs(checkpoint(straight, 12).resolve(file));
        }
        assertThat(steps(broken)).isEqualTo(steps(straight));
        assertThat(broken.resolve("log.jsonl"))
                .hasSameTextualContentAs(straight.resolve("log.jsonl"));
    }

    @Test
    void theSameConfigurationTwiceGivesTheSameBytes() throws IOException {
        for (String run : List.of("one", "two")) {
            try (Training training =
                    TinyRuns.start(folder.resolve(run), TinyRuns.config().withSteps(4))) {
                training.run();
            }
        }
        Path one = checkpoint(folder.resolve("one"), 4).resolve("model.safetensors");
        Path two = checkpoint(folder.resolve("two"), 4).resolve("model.safetensors");
        assertThat(one).hasSameBinaryContentAs(two);
    }

    @Test
    void aRunWithMuonThatWasInterruptedEndsWithTheSameBytes() throws IOException {
        TrainingConfig adamW = TinyRuns.config();
        TrainingConfig config =
                adamW.withOptimization(adamW.optimization().withOptimizer(OptimizerKind.MUON));
        Path straight = folder.resolve("straight");
        Path broken = folder.resolve("broken");
        try (Training training = TinyRuns.start(straight, config)) {
            training.run();
        }
        try (Training training = TinyRuns.start(broken, config)) {
            training.addListener(failingAfter(8)); // the newest checkpoint is that of step 5
            assertThatThrownBy(training::run).hasMessage("interrupted on purpose");
        }
        assertThat(Training.configuration(broken)).isEqualTo(config);
        assertThatThrownBy(
                        () ->
                                Training.resume(
                                        TrainingRequest.of(broken, adamW, TinyRuns.data())
                                                .withProvenance(TinyRuns.PROVENANCE)))
                .hasMessageContaining("--optimizer is muon in the run, adamw asked for");
        try (Training training = TinyRuns.resume(broken)) {
            training.run();
        }
        for (String file : List.of("model.safetensors", "training.safetensors", "training.json")) {
            assertThat(checkpoint(broken, 12).resolve(file))
                    .as(file)
                    .hasSameBinaryContentAs(checkpoint(straight, 12).resolve(file));
        }
    }

    @Test
    void recomputationDoesNotChangeWhatIsTrained() throws IOException {
        for (boolean recompute : new boolean[] {false, true}) {
            TrainingConfig config = TinyRuns.config(TinyModels.DROPPING).withSteps(4);
            try (Training training =
                    TinyRuns.start(
                            folder.resolve("recompute-" + recompute),
                            config.withOptimization(
                                    config.optimization().withRecompute(recompute)))) {
                training.run();
            }
        }
        Path stored = checkpoint(folder.resolve("recompute-false"), 4);
        Path recomputed = checkpoint(folder.resolve("recompute-true"), 4);
        assertThat(recomputed.resolve("training.safetensors"))
                .hasSameBinaryContentAs(stored.resolve("training.safetensors"));
    }

    @Test
    void aPictureOfARunThatCameToNothingIsNotTakenOver() throws IOException {
        Path samples = Files.createDirectories(folder.resolve("samples"));
        Files.writeString(samples.resolve("00000005.png"), "somebody else's");
        try (Training training = TinyRuns.start(folder, TinyRuns.config().withSteps(5))) {
            training.run();
        }
        assertThat(checkpoint(folder, 5)).isDirectoryNotContaining("glob:**.png");
    }

    @Test
    void aRunMayBeginToRecomputeWhenItIsResumed() throws IOException {
        TrainingConfig config = TinyRuns.config();
        finish(config.withSteps(5));
        try (Training training =
                Training.resume(
                        TrainingRequest.of(
                                        folder,
                                        config.withSteps(6)
                                                .withOptimization(
                                                        config.optimization().withRecompute(true)),
                                        TinyRuns.data())
                                .withProvenance(TinyRuns.PROVENANCE))) {
            training.run();
        }
        assertThat(Training.configuration(folder).optimization().recompute()).isTrue();
    }

    @Test
    void asksToStopAreHonouredAfterTheStepAndSaved() throws IOException {
        try (Training training = TinyRuns.start(folder, TinyRuns.config())) {
            training.addListener(
                    new TrainingListener() {
                        @Override
                        public void afterStep(StepReport report) {
                            if (report.step() == 3) {
                                training.stopAfterCurrentStep();
                            }
                        }
                    });
            assertThat(training.run()).isEqualTo(Training.Ending.STOPPED);
            assertThat(training.step()).isEqualTo(3);
        }
        try (Training training = TinyRuns.resume(folder)) {
            assertThat(training.step()).isEqualTo(3);
        }
    }

    @Test
    void askedToStopWhenACheckpointIsJustWrittenItLosesNothing() throws IOException {
        List<Long> saved = new ArrayList<>();
        try (Training training = TinyRuns.start(folder, TinyRuns.config())) {
            training.addListener(
                    new TrainingListener() {
                        @Override
                        public void saved(long step, Path checkpoint) {
                            saved.add(step);
                            training.stopAfterCurrentStep();
                        }
                    });
            assertThat(training.run()).isEqualTo(Training.Ending.STOPPED);
        }
        assertThat(saved).containsExactly(5L);
    }

    @Test
    void askedToStopBeforeItsFirstStepItCanStillBeResumed() throws IOException {
        try (Training training = TinyRuns.start(folder, TinyRuns.config())) {
            training.stopAfterCurrentStep();
            assertThat(training.run()).isEqualTo(Training.Ending.STOPPED);
        }
        try (Training training = TinyRuns.resume(folder)) {
            assertThat(training.step()).isZero();
            assertThat(training.run()).isEqualTo(Training.Ending.FINISHED);
        }
    }

    @Test
    void aResumedRunRetainsItsFirstCommandAndTheSourceOfItsData() throws IOException {
        finish(TinyRuns.config().withSteps(2));
        Provenance later = new Provenance("zigma train --resume", "", "");
        try (Training training =
                Training.resume(
                        TrainingRequest.of(folder, TinyRuns.config().withSteps(3), TinyRuns.data())
                                .withProvenance(later))) {
            training.run();
        }
        JsonObject run = json(folder.resolve("config.json"));
        JsonObject checkpoint = json(checkpoint(folder, 3).resolve("config.json"));
        String both = TinyRuns.PROVENANCE.command() + "\n" + later.command();
        assertThat(run.get("command").getAsString()).isEqualTo(both);
        assertThat(checkpoint.getAsJsonObject("training").get("command").getAsString())
                .isEqualTo(both);
        assertThat(checkpoint.getAsJsonObject("data").get("licence").getAsString())
                .isEqualTo(TinyRuns.PROVENANCE.dataLicence());
        assertThat(checkpoint(folder, 3).resolve("README.md"))
                .content()
                .contains("    zigma train --data stripes\n    zigma train --resume\n");
    }

    @Test
    void runAndCheckpointDescribeModelSettingsAndSoftwareInTheSameWords() throws IOException {
        finish(TinyRuns.config().withSteps(1));
        JsonObject run = json(folder.resolve("config.json"));
        JsonObject checkpoint = json(checkpoint(folder, 1).resolve("config.json"));
        JsonObject training = checkpoint.getAsJsonObject("training");
        assertThat(run.get("model")).isEqualTo(checkpoint.get("model"));
        assertThat(run.get("data")).isEqualTo(checkpoint.get("data"));
        assertThat(run.get("software")).isEqualTo(training.get("software"));
        assertThat(run.getAsJsonObject("software").keySet())
                .contains("zigma", "djl", "pytorch", "java");
        assertThat(training.entrySet()).containsAll(run.getAsJsonObject("training").entrySet());
    }

    private static JsonObject json(Path file) throws IOException {
        return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    }

    @Test
    void memoryStaysFlat() throws IOException {
        TrainingConfig config =
                TinyRuns.config().withSteps(1000).withCadence(new Cadence(0, 1, 0, 1, 1000));
        List<Long> arrays = new ArrayList<>();
        try (Training training = TinyRuns.start(folder, config)) {
            training.addListener(
                    new TrainingListener() {
                        @Override
                        public void afterStep(StepReport report) {
                            if (report.step() % 100 == 0) {
                                arrays.add(training.arraysHeld());
                            }
                        }
                    });
            training.run();
        }
        assertThat(arrays).hasSize(10).containsOnly(arrays.get(0));
    }

    @Test
    void aCheckpointIsAFolderThatLoadsByItself() throws IOException {
        try (Training training =
                TinyRuns.start(
                        folder,
                        TinyRuns.config().withSteps(4).withCadence(new Cadence(0, 1, 4, 4, 1)))) {
            training.run();
        }
        Path checkpoint = checkpoint(folder, 4);
        CheckpointFolder opened = CheckpointFolder.open(checkpoint);
        assertThat(opened.config().labels()).containsExactly("wide", "wider", "widest");
        try (NDManager manager = NDManager.newBaseManager()) {
            assertThat(opened.loadModel(manager).spec()).isEqualTo(TinyModels.CONDITIONAL);
        }
        assertThat(checkpoint.resolve("README.md"))
                .content()
                .contains("zigma train --data stripes", "CC0-1.0", "4 steps", "samples.png");
        assertThat(ImageIO.read(checkpoint.resolve("samples.png").toFile())).isNotNull();
        assertThat(PngFile.readText(folder.resolve("samples/00000004.png")))
                .containsEntry("sampler", "euler")
                .containsEntry("guidance_scale", "1.5");
    }

    @Test
    void samplingDoesNotChangeWhatIsTrained() throws IOException {
        Path without = folder.resolve("without");
        Path with = folder.resolve("with");
        try (Training training = TinyRuns.start(without, TinyRuns.config().withSteps(4))) {
            training.run();
        }
        try (Training training =
                TinyRuns.start(
                        with,
                        TinyRuns.config().withSteps(4).withCadence(new Cadence(0, 1, 1, 2, 1)))) {
            training.run();
        }
        assertThat(checkpoint(with, 4).resolve("model.safetensors"))
                .hasSameBinaryContentAs(checkpoint(without, 4).resolve("model.safetensors"));
    }

    @Test
    void aSecondTrainingInTheSameFolderIsRefused() throws IOException {
        try (Training training = TinyRuns.start(folder, TinyRuns.config())) {
            assertThat(training.step()).isZero();
            assertThatThrownBy(() -> TinyRuns.start(folder, TinyRuns.config()))
                    .isInstanceOf(RunException.class)
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void aFinishedRunMayBeMadeLonger() throws IOException {
        finish(TinyRuns.config().withSteps(5));
        try (Training training =
                Training.resume(
                        TrainingRequest.of(folder, TinyRuns.config().withSteps(7), TinyRuns.data())
                                .withProvenance(TinyRuns.PROVENANCE))) {
            assertThat(training.run()).isEqualTo(Training.Ending.FINISHED);
            assertThat(training.step()).isEqualTo(7);
        }
    }

    @Test
    void resumingWithoutACheckpointIsRefusedWithTheRemedy() throws IOException {
        TinyRuns.start(folder, TinyRuns.config()).close();
        assertThatThrownBy(() -> TinyRuns.resume(folder))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("no finished checkpoint")
                .hasMessageContaining("leave out --resume");
    }

    @Test
    void dataOfAnotherSizeIsRefused() {
        ImageDataset wide = new StripedImages(20, 4, 8, 3, 1);
        assertThatThrownBy(
                        () ->
                                Training.start(
                                        TrainingRequest.of(folder, TinyRuns.config(), wide)
                                                .withProvenance(TinyRuns.PROVENANCE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("8×4")
                .hasMessageContaining("6×4");
    }

    @Test
    void aLossThatIsNoNumberStopsBeforeTheWeightsAreTouched() throws IOException {
        ImageDataset broken = new StripedImages(20, 4, 6, 3, Float.NaN);
        try (Training training =
                Training.start(
                        TrainingRequest.of(folder, TinyRuns.config(), broken)
                                .withProvenance(TinyRuns.PROVENANCE))) {
            int before = training.weightsFingerprint();
            assertThatThrownBy(training::run)
                    .isInstanceOf(DivergedException.class)
                    .hasMessageContaining("step 1 was not taken")
                    .hasMessageContaining("learning rate 7.5E-4")
                    .hasMessageContaining("gradient norm NaN");
            assertThat(training.weightsFingerprint()).isEqualTo(before);
        }
    }

    @Test
    void theLogHoldsAnObjectAStep() throws IOException {
        finish(TinyRuns.config().withSteps(3));
        List<String> lines = Files.readAllLines(folder.resolve("log.jsonl"));
        JsonObject first = JsonParser.parseString(lines.get(0)).getAsJsonObject();
        assertThat(first.keySet())
                .containsExactly("step", "loss", "gradient_norm", "learning_rate");
        assertThat(lines).hasSize(4); // three steps and the checkpoint
    }

    private void finish(TrainingConfig config) throws IOException {
        try (Training training = TinyRuns.start(folder, config)) {
            training.run();
        }
    }

    private static Path checkpoint(Path run, long step) {
        return run.resolve("checkpoints").resolve(String.format(Locale.ROOT, "%08d", step));
    }

    private static List<String> steps(Path run) throws IOException {
        try (var entries = Files.list(run.resolve("checkpoints"))) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static TrainingListener collecting(List<Double> losses) {
        return new TrainingListener() {
            @Override
            public void afterStep(StepReport report) {
                losses.add(report.loss());
            }
        };
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

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
}
