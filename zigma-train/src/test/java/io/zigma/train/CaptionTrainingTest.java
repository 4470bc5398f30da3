package io.zigma.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.Signature;
import io.zigma.backbone.dit.BlockKind;
import io.zigma.backbone.dit.DiTConfig;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.condition.ByText;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.Prediction;
import io.zigma.media.PngFile;
import io.zigma.train.config.Cadence;
import io.zigma.train.config.Objective;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.optim.LearningRateSchedule;
import io.zigma.train.run.RunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs that learn from captions, from the first step to the last checkpoint. */
class CaptionTrainingTest {

    private static final ImageDataset DATA = new CaptionedStripes();
    private static final int TOKENS = 8;

    @TempDir Path folder;

    private static TrainingConfig config(BackboneSpec model) {
        ByText text = new ByText(WordHashEncoder.SIZE, TOKENS);
        return TinyRuns.config(model.with(model.signature().withConditioning(text)))
                .withTextEncoder(Optional.of(new WordHashEncoder().reference()));
    }

    private static TrainingConfig config() {
        return config(TinyModels.BY_TEXT);
    }

    private static Training start(Path run, TrainingConfig config, WordHashEncoder encoder)
            throws IOException {
        return Training.start(
                TrainingRequest.of(run, config, DATA)
                        .withProvenance(TinyRuns.PROVENANCE)
                        .withEncoders(TextEncoderOpener.of(encoder)));
    }

    private static Training start(Path run, TrainingConfig config) throws IOException {
        return start(run, config, new WordHashEncoder());
    }

    private static Training resume(Path run, TrainingConfig asked, WordHashEncoder encoder)
            throws IOException {
        return Training.resume(
                TrainingRequest.of(run, asked, DATA)
                        .withProvenance(TinyRuns.PROVENANCE)
                        .withEncoders(TextEncoderOpener.of(encoder)));
    }

    static Stream<BackboneSpec> backbones() {
        Signature signature =
                new Signature(SampleShape.image(1, 4, 6), 1, new ByText(5, TOKENS), 1);
        return Stream.of(
                TinyModels.BY_TEXT,
                new DiTConfig(signature, 2, 16, 2, 2, 4, BlockKind.CROSS_ATTENTION, false));
    }

    @ParameterizedTest
    @MethodSource("backbones")
    void theLossFallsAndPredictedDataServeAsWell(BackboneSpec model) throws IOException {
        List<Double> losses = new ArrayList<>();
        TrainingConfig base = config(model);
        Objective data =
                new Objective(
                        new InterpolantProcess(InterpolantKind.LINEAR, Prediction.DATA),
                        base.objective().times(),
                        0.1);
        TrainingConfig config =
                base.withObjective(data)
                        .withSteps(200)
                        .withOptimization(
                                base.optimization()
                                        .withSchedule(new LearningRateSchedule.Constant(5e-3, 10)))
                        .withCadence(new Cadence(0, 1, 0, 1, 100));
        try (Training training = start(folder, config)) {
            training.addListener(collecting(losses));
            assertThat(training.run()).isEqualTo(Training.Ending.FINISHED);
        }
        assertThat(mean(losses.subList(150, 200))).isLessThan(0.7 * mean(losses.subList(0, 20)));
    }

    @Test
    void aRunSaysThatCaptionsAreCut() throws IOException {
        ByText text = new ByText(WordHashEncoder.SIZE, 4);
        TrainingConfig config =
                TinyRuns.config(
                                TinyModels.BY_TEXT.with(
                                        TinyModels.BY_TEXT.signature().withConditioning(text)))
                        .withTextEncoder(Optional.of(new WordHashEncoder().reference()));
        List<String> warnings = new ArrayList<>();
        try (Training training = start(folder, config)) {
            training.addListener(
                    new TrainingListener() {
                        @Override
                        public void warned(String line) {
                            warnings.add(line);
                        }
                    });
            training.run();
        }
        assertThat(warnings).singleElement().asString().contains("more than 4 tokens");
    }

    @Test
    void aRunThatWasInterruptedEndsWithTheSameBytesAsOneThatWasNot() throws IOException {
        Path straight = folder.resolve("straight");
        Path broken = folder.resolve("broken");
        try (Training training = start(straight, config())) {
            training.run();
        }
        try (Training training = start(broken, config())) {
            training.addListener(failingAfter(8)); // the newest checkpoint is that of step 5
            assertThatThrownBy(training::run).hasMessage("interrupted on purpose");
        }
        try (Training training = resume(broken, config(), new WordHashEncoder())) {
            assertThat(training.step()).isEqualTo(5);
            training.run();
        }
        for (String file : List.of("model.safetensors", "training.safetensors", "training.json")) {
            assertThat(end(broken).resolve(file))
                    .as(file)
                    .hasSameBinaryContentAs(end(straight).resolve(file));
        }
    }

    @Test
    void recomputationDoesNotChangeWhatIsTrained() throws IOException {
        TrainingConfig config = config().withSteps(4);
        for (boolean recompute : new boolean[] {false, true}) {
            TrainingConfig own =
                    config.withOptimization(config.optimization().withRecompute(recompute));
            try (Training training = start(folder.resolve("" + recompute), own)) {
                training.run();
            }
        }
        String file = "checkpoints/00000004/training.safetensors";
        assertThat(folder.resolve("true").resolve(file))
                .hasSameBinaryContentAs(folder.resolve("false").resolve(file));
    }

    @Test
    void theCheckpointNamesEncoderAndTokens() throws IOException {
        try (Training training = start(folder, config().withSteps(1))) {
            training.run();
        }
        CheckpointFolder checkpoint = CheckpointFolder.open(folder.resolve("checkpoints/00000001"));
        assertThat(checkpoint.config().textEncoder()).contains(new WordHashEncoder().reference());
        assertThat(checkpoint.config().model().conditioning())
                .isEqualTo(new ByText(WordHashEncoder.SIZE, TOKENS));
        assertThat(checkpoint.config().labels()).as("captions take the classes' place").isEmpty();
        JsonObject run = json(folder.resolve("config.json"));
        assertThat(run.getAsJsonObject("training").getAsJsonObject("text_encoder"))
                .hasToString("{\"name\":\"word-hash\",\"hash\":\"" + "a".repeat(64) + "\"}");
        assertThat(checkpoint.path().resolve("README.md"))
                .content()
                .contains("conditioned on text")
                .contains("- text encoder: word-hash, 8 tokens, SHA-256 `" + "a".repeat(64));
        assertThat(Training.configuration(folder)).isEqualTo(config().withSteps(1));
    }

    @Test
    void eachCaptionIsEncodedOnceHoweverManyPicturesHaveIt() throws IOException {
        WordHashEncoder encoder = new WordHashEncoder();
        List<String> progress = new ArrayList<>();
        try (Training training = start(folder, config().withSteps(2), encoder)) {
            training.encodeCaptions(
                    folder.resolve("texts"), (done, total) -> progress.add(done + " of " + total));
            training.run();
        }
        assertThat(encoder.encodedTexts()).as("six captions and the empty text").isEqualTo(7);
        assertThat(progress).containsExactly("7 of 7");
        assertThat(encoder.isClosed()).isTrue();
        assertThat(folder.resolve("captions")).doesNotExist();
    }

    @Test
    void whatARunEncodedItDoesNotEncodeAgain() throws IOException {
        try (Training training = start(folder, config().withSteps(5))) {
            training.run();
        }
        assertThat(folder.resolve("captions")).isDirectory();
        WordHashEncoder encoder = new WordHashEncoder();
        try (Training training = resume(folder, config(), encoder)) {
            training.run();
        }
        assertThat(encoder.encodedTexts()).isZero();
    }

    @Test
    void samplesShowCaptionsOfTheData() throws IOException {
        TrainingConfig config = config().withSteps(2).withCadence(new Cadence(0, 1, 1, 4, 1));
        try (Training training = start(folder, config)) {
            training.run();
        }
        assertThat(PngFile.readText(folder.resolve("samples/00000002.png")))
                .containsEntry("prompt", "stripes every two");
    }

    @Test
    void anotherEncoderIsRefusedByItsContent() throws IOException {
        try (Training training = start(folder, config().withSteps(5))) {
            training.run();
        }
        WordHashEncoder other = new WordHashEncoder('b');
        assertThatThrownBy(() -> resume(folder, config(), other))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("goes with the text encoder word-hash (aaaaaaaaaaaa…)")
                .hasMessageContaining("(bbbbbbbbbbbb…)");
        assertThatThrownBy(
                        () ->
                                resume(
                                        folder,
                                        config().withTextEncoder(Optional.of(other.reference())),
                                        other))
                .isInstanceOf(RunException.class)
                .hasMessageContaining(
                        "--text-encoder is word-hash (aaaaaaaaaaaa…) in the run, word-hash (bbbbbbbbbbbb…) asked for");
        // the folder's lock was let go
        try (Training training = resume(folder, config(), new WordHashEncoder())) {
            assertThat(training.run()).isEqualTo(Training.Ending.FINISHED);
        }
    }

    @Test
    void anotherLengthOfTextsIsRefusedByItsOption() throws IOException {
        try (Training training = start(folder, config().withSteps(5))) {
            training.run();
        }
        BackboneSpec model = config().model();
        BackboneSpec longer = model.with(model.signature().withConditioning(new ByText(5, 9)));
        TrainingConfig asked = TinyRuns.config(longer).withTextEncoder(config().textEncoder());
        assertThatThrownBy(() -> resume(folder, asked, new WordHashEncoder()))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("--text-tokens is 8 in the run, 9 asked for");
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatThrownBy(
                        () ->
                                Training.start(
                                        TrainingRequest.of(folder, config(), TinyRuns.data())
                                                .withProvenance(TinyRuns.PROVENANCE)
                                                .withEncoders(
                                                        TextEncoderOpener.of(
                                                                new WordHashEncoder()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stripes has no captions; put a NAME.txt");
        assertThatThrownBy(() -> start(folder, config().withTextEncoder(Optional.empty())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--text-encoder");
        assertThatThrownBy(() -> TinyRuns.config().withTextEncoder(config().textEncoder()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is for a model that is conditioned on text");
        BackboneSpec model = config().model();
        for (int tokens : new int[] {1, 13}) {
            TrainingConfig beyond =
                    TinyRuns.config(
                                    model.with(
                                            model.signature()
                                                    .withConditioning(new ByText(5, tokens))))
                            .withTextEncoder(config().textEncoder());
            assertThatThrownBy(() -> start(folder, beyond))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("2 to 12 tokens of a text, not " + tokens);
        }
    }

    @Test
    void fineTuningTakesTheEncoderFromTheCheckpoint() throws IOException {
        Path first = folder.resolve("first");
        try (Training training = start(first, config().withSteps(3))) {
            training.run();
        }
        CheckpointFolder checkpoint = CheckpointFolder.open(first.resolve("checkpoints/00000003"));
        TrainingConfig tuning = TrainingConfig.of(checkpoint, DATA).withSteps(2).withBatchSize(4);
        assertThat(tuning.textEncoder()).contains(new WordHashEncoder().reference());
        assertThat(tuning.objective().labelDropout()).isEqualTo(0.1);
        Path run = folder.resolve("tuned");
        try (Training training =
                Training.start(
                        TrainingRequest.of(run, tuning, DATA)
                                .withProvenance(TinyRuns.PROVENANCE)
                                .withEncoders(TextEncoderOpener.of(new WordHashEncoder())),
                        checkpoint)) {
            training.run();
        }
        assertThat(
                        CheckpointFolder.open(run.resolve("checkpoints/00000002"))
                                .config()
                                .textEncoder())
                .isEqualTo(tuning.textEncoder());
    }

    private static Path end(Path run) {
        return run.resolve("checkpoints/00000012");
    }

    private static JsonObject json(Path file) throws IOException {
        return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
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
}
