package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.train.Training.ChangedData;
import io.zigma.train.config.Optimization;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.optim.EmaConfig;
import io.zigma.train.optim.LearningRateSchedule;
import io.zigma.train.run.RunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that go on in another way than they began; each was stopped after step 5 of 12. */
class ResumingTest {

    private static final ImageDataset MORE = new StripedImages(27, 4, 6, 3, 0.8f);

    @TempDir Path folder;
    private Path run;

    @BeforeEach
    void fiveSteps() throws IOException {
        run = folder.resolve("run");
        fiveSteps(run, TinyRuns.config());
    }

    private static void fiveSteps(Path run, TrainingConfig config) throws IOException {
        try (Training training = TinyRuns.start(run, config)) {
            training.addListener(stoppingAfter(5, training));
            training.run();
        }
    }

    private static TrainingListener stoppingAfter(long step, Training training) {
        return new TrainingListener() {
            @Override
            public void afterStep(StepReport report) {
                if (report.step() == step) {
                    training.stopAfterCurrentStep();
                }
            }
        };
    }

    private static Training resume(Path run, TrainingConfig asked, ImageDataset data)
            throws IOException {
        return Training.resume(
                TrainingRequest.of(run, asked, data).withProvenance(TinyRuns.PROVENANCE),
                ChangedData.BEGIN_ANEW);
    }

    private static TrainingConfig withRate(double rate) {
        TrainingConfig config = TinyRuns.config();
        return config.withOptimization(
                config.optimization().withSchedule(new LearningRateSchedule.Constant(rate, 4)));
    }

    @Test
    void anotherLearningRateHoldsFromTheNextStepOn() throws IOException {
        List<Double> rates = new ArrayList<>();
        try (Training training = resume(run, withRate(2e-4), TinyRuns.data())) {
            training.addListener(
                    new TrainingListener() {
                        @Override
                        public void afterStep(StepReport report) {
                            rates.add(report.rate());
                        }
                    });
            training.run();
        }
        assertThat(rates).hasSize(7).containsOnly(2e-4);
    }

    @Test
    void anotherLearningRateIsStoredEvenIfTheRunStopsBeforeItSaves() throws IOException {
        Path straight = folder.resolve("straight");
        fiveSteps(straight, TinyRuns.config());
        try (Training training = resume(straight, withRate(2e-4), TinyRuns.data())) {
            training.run();
        }
        try (Training training = resume(run, withRate(2e-4), TinyRuns.data())) {
            training.addListener(failingAfter(8)); // the newest checkpoint is still that of step 5
            assertThatThrownBy(training::run).hasMessage("interrupted on purpose");
        }
        try (Training training =
                Training.resume(
                        TrainingRequest.of(run, Training.configuration(run), TinyRuns.data())
                                .withProvenance(TinyRuns.PROVENANCE))) {
            assertThat(training.step()).isEqualTo(5);
            training.run();
        }
        assertSameEnd(run, straight);
    }

    @Test
    void decayClipAndEmaMayChange() throws IOException {
        TrainingConfig asked = TinyRuns.config();
        TrainingConfig changed =
                asked.withOptimization(
                        new Optimization(
                                asked.optimization().schedule(),
                                asked.optimization().adamW().withWeightDecay(0.1),
                                0.5,
                                new EmaConfig(0.8, true)));
        try (Training training = resume(run, changed, TinyRuns.data())) {
            assertThat(training.run()).isEqualTo(Training.Ending.FINISHED);
        }
        assertThat(Training.configuration(run)).isEqualTo(changed);
    }

    @Test
    void batchesMayBecomeSmallerWhereAStepSeesAsManyPictures() throws IOException {
        TrainingConfig asked = TinyRuns.config().withBatchSize(2).withAccumulate(3);
        try (Training training = resume(run, asked, TinyRuns.data())) {
            assertThat(training.run()).isEqualTo(Training.Ending.FINISHED);
        }
    }

    @Test
    void aStepOfMorePicturesIsRefusedWithTheNumbersThatWouldDo() {
        assertThatThrownBy(() -> resume(run, TinyRuns.config().withBatchSize(7), TinyRuns.data()))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("learns from 6 pictures a step")
                .hasMessageContaining("--batch-size 7 with --accumulate 1 from 7")
                .hasMessageContaining("--from " + run);
    }

    @Test
    void whatCannotChangeIsNamedByItsOption() {
        TrainingConfig asked = TinyRuns.config().withSeed(1).withFlip(false);
        assertThatThrownBy(() -> resume(run, asked, TinyRuns.data()))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("--seed is 9 in the run, 1 asked for")
                .hasMessageContaining("--flip is on in the run, off asked for")
                .hasMessageContaining("leave them out")
                .hasMessageContaining("--from " + run);
    }

    @Test
    void aRunThatIsLongerAlreadyIsNotMadeShorter() {
        assertThatThrownBy(() -> resume(run, TinyRuns.config().withSteps(4), TinyRuns.data()))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("has taken 5 steps already")
                .hasMessageContaining("--steps 4");
    }

    @Test
    void moreDataIsRefusedUnlessItIsAskedFor() {
        assertThatThrownBy(
                        () ->
                                Training.resume(
                                        TrainingRequest.of(run, Training.configuration(run), MORE)
                                                .withProvenance(TinyRuns.PROVENANCE)))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("other data")
                .hasMessageContaining("--changed-data")
                .hasMessageContaining("--from " + run);
    }

    @Test
    void moreDataIsGoneThroughFromItsBeginning() throws IOException {
        try (Training training = resume(run, TinyRuns.config(), MORE)) {
            training.run();
        }
        JsonObject state = json(end(run).resolve("training.json"));
        assertThat(state.get("data_start").getAsLong()).isEqualTo(5);
        assertThat(state.get("position").getAsLong()).isEqualTo((12 - 5) * 6);
    }

    @Test
    void aRunOnMoreDataThatIsBrokenOffEndsWithTheSameBytes() throws IOException {
        Path straight = folder.resolve("straight");
        fiveSteps(straight, TinyRuns.config());
        try (Training training = resume(straight, TinyRuns.config(), MORE)) {
            training.run();
        }
        try (Training training = resume(run, TinyRuns.config(), MORE)) {
            training.addListener(failingAfter(11)); // the newest checkpoint is that of step 10
            assertThatThrownBy(training::run).hasMessage("interrupted on purpose");
        }
        try (Training training =
                Training.resume(
                        TrainingRequest.of(run, Training.configuration(run), MORE)
                                .withProvenance(TinyRuns.PROVENANCE))) {
            assertThat(training.step()).isEqualTo(10);
            training.run();
        }
        assertSameEnd(run, straight);
        assertThat(end(run).resolve("config.json"))
                .hasSameTextualContentAs(end(straight).resolve("config.json"));
    }

    @Test
    void whatTheModelLearntFromBeforeIsNotForgotten() throws IOException {
        try (Training training = resume(run, TinyRuns.config(), MORE)) {
            training.run();
        }
        JsonObject data = json(end(run).resolve("config.json")).getAsJsonObject("data");
        assertThat(data.get("images").getAsInt()).isEqualTo(27);
        JsonObject before = data.getAsJsonArray("before").get(0).getAsJsonObject();
        assertThat(before.get("images").getAsInt()).isEqualTo(20);
        assertThat(before.get("until_step").getAsInt()).isEqualTo(5);
        assertThat(before.get("sha256").getAsString()).isEqualTo(TinyRuns.data().contentHash());
        assertThat(end(run).resolve("README.md"))
                .content()
                .contains("- up to step 5 other pictures: stripes, 20 of them");
    }

    @Test
    void unchangedDataResumesWhereItWas() throws IOException {
        Path straight = folder.resolve("straight");
        try (Training training = TinyRuns.start(straight, TinyRuns.config())) {
            training.run();
        }
        try (Training training = resume(run, TinyRuns.config(), TinyRuns.data())) {
            training.run();
        }
        assertSameEnd(run, straight);
    }

    @Test
    void otherClassesAreRefusedByName() {
        ImageDataset fewer = new StripedImages(20, 4, 6, 2, 0.8f);
        assertThatThrownBy(() -> resume(run, TinyRuns.config(), fewer))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("the classes wide, wider, widest, stripes has wide, wider;")
                .hasMessageContaining("--from " + run);
    }

    private static Path end(Path run) {
        return run.resolve("checkpoints/00000012");
    }

    private static void assertSameEnd(Path run, Path other) {
        for (String file : List.of("model.safetensors", "training.safetensors", "training.json")) {
            assertThat(end(run).resolve(file))
                    .as(file)
                    .hasSameBinaryContentAs(end(other).resolve(file));
        }
    }

    private static JsonObject json(Path file) throws IOException {
        return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
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
