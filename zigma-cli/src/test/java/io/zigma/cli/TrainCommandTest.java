package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.io.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainCommandTest {

    private static final List<String> TINY =
            List.of(
                    "--steps",
                    "4",
                    "--batch-size",
                    "4",
                    "--hidden-size",
                    "16",
                    "--depth",
                    "2",
                    "--save-every",
                    "2",
                    "--sample-every",
                    "0",
                    "--keep",
                    "9");

    @TempDir static Path data;
    private static Path pictures;
    private static Path idx;

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeAll
    static void writeData() throws IOException {
        pictures = TinyData.pictures(data.resolve("pictures"));
        idx = TinyData.idx(data.resolve("idx"));
    }

    @Test
    void trainsOnAnArchiveWithoutClassesAndResumes() throws IOException {
        Path zip = folder.resolve("pictures.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip));
                Stream<Path> files = Files.walk(pictures)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new ZipEntry(pictures.relativize(file).toString()));
                out.write(Files.readAllBytes(file));
            }
            out.putNextEntry(new ZipEntry("loose.png"));
            out.write(Files.readAllBytes(pictures.resolve("red/0.png")));
        }
        Path run = folder.resolve("run");
        Path cache = folder.resolve("kept");
        List<String> options =
                List.of(
                        "--image-size",
                        "8",
                        "--unconditional",
                        "--picture-cache",
                        cache.toString());

        ExitStatus trained = train(zip, run, options.toArray(String[]::new));

        assertThat(trained).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(test.err()).contains("13 pictures", "no classes", "red/broken.png");
        ExitStatus resumed =
                test.zigma(
                        "train",
                        "--data",
                        zip.toString(),
                        "--out",
                        run.toString(),
                        "--resume",
                        "--steps",
                        "6",
                        "--picture-cache",
                        "none");
        assertThat(resumed).as(test.err()).isEqualTo(ExitStatus.DONE);
    }

    @Test
    void trainsOnPicturesAndGeneratesFromTheRun() throws IOException {
        Path run = folder.resolve("run");

        ExitStatus trained = train(pictures, run, "--image-size", "8");

        assertThat(trained).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(test.out().strip())
                .isEqualTo(run.resolve("checkpoints").resolve("00000004").toString());
        assertThat(test.err()).contains("left out", "broken.png", "12 pictures", "2 classes");

        Path picture = folder.resolve("red.png");
        ExitStatus generated =
                test.zigma(
                        "generate",
                        "-m",
                        run.toString(),
                        "-c",
                        "red",
                        "-s",
                        "1",
                        "--steps",
                        "3",
                        "-o",
                        picture.toString());

        assertThat(generated).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(ImageIO.read(picture.toFile()).getRaster().getNumBands()).isEqualTo(3);
    }

    @Test
    void resumesToTheSameBytesAsIfItHadNeverStopped() throws IOException {
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        train(idx, whole);
        train(idx, parts, "--steps", "2");

        ExitStatus resumed = train(idx, parts, "--resume");

        assertThat(resumed).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(weights(parts)).hasSameBinaryContentAs(weights(whole));
    }

    @Test
    void resumesWithTheRunsOwnSettings() throws IOException {
        Path run = folder.resolve("run");
        train(idx, run, "--labels", "top,middle,bottom", "--decay", "cosine");
        delete(run.resolve("checkpoints").resolve("00000004"));

        ExitStatus resumed =
                test.zigma("train", "--data", idx.toString(), "--out", run.toString(), "--resume");

        assertThat(resumed).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(weights(run)).isNotEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"constant", "cosine"})
    void makesARunLongerWithoutRepeatingTheOptions(String decay) {
        Path run = folder.resolve("run");
        train(idx, run, "--decay", decay);

        ExitStatus resumed =
                test.zigma(
                        "train",
                        "--data",
                        idx.toString(),
                        "--out",
                        run.toString(),
                        "--resume",
                        "--steps",
                        "5");

        assertThat(resumed).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(run.resolve("checkpoints").resolve("00000005")).isDirectory();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"--image-size, 16", "--channels, 3", "--labels, 'a,b,c'"})
    void refusesToResumeOnPicturesSeenInAnotherWay(String option, String value) {
        Path run = folder.resolve("run");
        train(idx, run);
        ConsoleOfTest second = ConsoleOfTest.plain();

        List<String> words = words(idx, run, "--resume", option, value);

        assertThat(second.zigma(words.toArray(String[]::new))).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(second.err()).contains(option + " cannot change").hasLineCount(1);
    }

    @Test
    void refusesAFolderOfSomethingElseAndLeavesItAlone() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("model"));
        Path description = model.resolve("config.json");
        String before = Files.readString(description);

        assertThat(train(idx, model)).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("something else").hasLineCount(1);
        assertThat(description).hasContent(before);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void refusesAFolderThatCannotBeWrittenBeforeReadingThePictures() {
        assertThat(train(idx, Path.of("/proc/run"))).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err())
                .contains("/proc/run cannot be written", "folder /proc")
                .hasLineCount(1);
    }

    @Test
    void storesTheNamesOfTheClassesInTheCheckpoint() {
        Path run = folder.resolve("run");
        train(idx, run, "--labels", "top,middle,bottom", "--scan", "sweep");

        ConsoleOfTest second = ConsoleOfTest.plain();
        second.zigma("info", "-m", run.toString(), "--json");

        JsonObject json = JsonParser.parseString(second.out()).getAsJsonObject();
        assertThat(
                        json.getAsJsonObject("conditioning")
                                .getAsJsonArray("classes")
                                .get(1)
                                .getAsString())
                .isEqualTo("middle");
        assertThat(json.getAsJsonObject("backbone").get("scan").getAsString()).isEqualTo("sweep");
        assertThat(json.getAsJsonObject("training").get("command").getAsString())
                .startsWith("zigma train --data ");
    }

    @Test
    void trainsWithoutClassesOnDataThatHasSome() {
        Path run = folder.resolve("run");

        ExitStatus trained = train(idx, run, "--unconditional");

        assertThat(trained).as(test.err()).isEqualTo(ExitStatus.DONE);
        ConsoleOfTest second = ConsoleOfTest.plain();
        second.zigma("info", "-m", run.toString());
        assertThat(second.out()).contains("none (unconditional)");
    }

    @Test
    void writesSamplesDuringTraining() {
        Path run = folder.resolve("run");

        ExitStatus trained =
                train(idx, run, "--sample-every", "4", "--sampler", "euler", "--sample-steps", "3");

        assertThat(trained).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(run.resolve("samples").resolve("00000004.png")).isNotEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zigzag-3",
                "hilbert-8",
                "hilbert-compatible-2",
                "random-4-seed-9",
                "bidirectional",
                "parallel-2"
            })
    void trainsOnEveryScanOfImagesAndPrintsWhich(String scan) {
        Path run = folder.resolve("run");
        assertThat(train(idx, run, "--scan", scan)).as(test.err()).isEqualTo(ExitStatus.DONE);

        ConsoleOfTest second = ConsoleOfTest.plain();
        second.zigma("info", "-m", run.toString(), "--json");
        JsonObject json = JsonParser.parseString(second.out()).getAsJsonObject();
        assertThat(json.getAsJsonObject("backbone").get("scan").getAsString()).isEqualTo(scan);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "zigzag | --scan: there is no scan 'zigzag'; there are sweep, zigzag-N",
                "zigzag-9 | --scan: there are zigzag-1 to zigzag-8, not zigzag-9",
                "factorised-sst | factorised-sst runs through the frames of a video"
            })
    void refusesAScanThatImagesHaveNot(String scan, String message) {
        assertThat(train(idx, folder.resolve("run"), "--scan", scan))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains(message).hasLineCount(1);
    }

    @Test
    void refusesARunFolderThatHoldsARun() {
        Path run = folder.resolve("run");
        train(idx, run);
        ConsoleOfTest second = ConsoleOfTest.plain();

        ExitStatus again = second.zigma("train", "--data", idx.toString(), "--out", run.toString());

        assertThat(again).isEqualTo(ExitStatus.FAILED);
        assertThat(second.err()).contains("--resume").hasLineCount(1);
    }

    @Test
    void refusesToResumeWhereThereIsNoRun() {
        assertThat(train(idx, folder.resolve("none"), "--resume")).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("--resume").hasLineCount(1);
    }

    @Test
    void trainsAPresetWhosePartsMayBeChanged() throws IOException {
        Path run = folder.resolve("run");

        ExitStatus status = train(idx, run, "--preset", "sweep2_b1_pe2");

        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        ZigMaConfig model =
                (ZigMaConfig)
                        CheckpointFolder.open(run.resolve("checkpoints").resolve("00000004"))
                                .config()
                                .model();
        assertThat(model.scan().spelling()).as("the preset's").isEqualTo("bidirectional");
        assertThat(model.hiddenSize()).as("the option's").isEqualTo(16);
        assertThat(model.patchSize()).as("the preset's").isEqualTo(1);
        assertThat(model.dropPath()).as("the preset's").isEqualTo(0.1);
    }

    @Test
    void refusesToTrainAPresetOfVideosOnPictures() {
        assertThat(train(idx, folder.resolve("run"), "--preset", "3d_zigzag8sst_b2"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .contains("runs through the frames of a video; choose another for images")
                .hasLineCount(1);
    }

    @Test
    void refusesToResumeWithAPreset() {
        Path run = folder.resolve("run");
        train(idx, run);

        assertThat(train(idx, run, "--resume", "--preset", "b-2"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("--preset cannot change when a run is resumed");
    }

    @Test
    void refusesToResumeWithAnotherModel() {
        Path run = folder.resolve("run");
        train(idx, run);
        ConsoleOfTest second = ConsoleOfTest.plain();

        List<String> words = words(idx, run, "--resume", "--depth", "3");

        assertThat(second.zigma(words.toArray(String[]::new))).isEqualTo(ExitStatus.FAILED);
        assertThat(second.err()).contains("depth is 2 in the run, 3 asked for");
    }

    @Test
    void resumesWithAnotherLearningRateAndPrintsIt() {
        Path run = folder.resolve("run");
        train(idx, run, "--warmup", "0", "--steps", "2");
        ConsoleOfTest second = ConsoleOfTest.plain();

        assertThat(resume(second, idx, run, "--steps", "3", "--learning-rate", "2e-4"))
                .as(second.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(second.err())
                .contains("the learning rate continues at 0.000200 after step 2, not at 0.000500");
        assertThat(run.resolve("checkpoints/00000003/training.json"))
                .content()
                .contains("\"peak\": 2.0E-4");
    }

    @Test
    void aCosineThatHadFallenRisesAgainWithAMessage() {
        Path run = folder.resolve("run");
        train(idx, run, "--warmup", "0", "--decay", "cosine");
        ConsoleOfTest second = ConsoleOfTest.plain();

        assertThat(resume(second, idx, run, "--steps", "8")).isEqualTo(ExitStatus.DONE);
        assertThat(second.err())
                .contains("the learning rate continues at 0.000250 after step 4, not at 0.00");
    }

    @Test
    void refusesToTakeStepsBack() {
        Path run = folder.resolve("run");
        train(idx, run);
        ConsoleOfTest second = ConsoleOfTest.plain();

        assertThat(resume(second, idx, run, "--steps", "3")).isEqualTo(ExitStatus.FAILED);
        assertThat(second.err()).contains("has taken 4 steps already", "--steps 3").hasLineCount(1);
    }

    @Test
    void saysThatNothingIsLeftToDo() {
        Path run = folder.resolve("run");
        train(idx, run);
        ConsoleOfTest second = ConsoleOfTest.plain();

        assertThat(resume(second, idx, run)).isEqualTo(ExitStatus.DONE);
        assertThat(second.err()).contains("all 4 steps were taken already; --steps");
    }

    @Test
    void whatCannotChangeIsNamedByItsOptionAndWhatToDo() {
        Path run = folder.resolve("run");
        train(idx, run);
        ConsoleOfTest second = ConsoleOfTest.plain();

        assertThat(resume(second, idx, run, "--seed", "7", "--interpolant", "gvp"))
                .isEqualTo(ExitStatus.FAILED);
        assertThat(second.err())
                .contains("--seed is 0 in the run, 7 asked for")
                .contains("--interpolant is linear in the run, gvp asked for")
                .contains("--from " + run)
                .hasLineCount(1);
    }

    @Test
    void morePicturesAreTrainedOnWhenAskedFor() throws IOException {
        Path growing = TinyData.pictures(folder.resolve("growing"));
        Path run = folder.resolve("run");
        train(growing, run, "--image-size", "8", "--steps", "2");
        Files.copy(growing.resolve("red/0.png"), growing.resolve("red/new.png"));
        ConsoleOfTest second = ConsoleOfTest.plain();
        ConsoleOfTest third = ConsoleOfTest.plain();

        assertThat(resume(second, growing, run, "--steps", "3")).isEqualTo(ExitStatus.FAILED);
        assertThat(second.err()).contains("--changed-data", "--from");
        assertThat(resume(third, growing, run, "--steps", "3", "--changed-data"))
                .as(third.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(run.resolve("checkpoints/00000003")).isDirectory();
    }

    @Test
    void changedDataIsForARunThatIsResumed() {
        assertThat(train(idx, folder.resolve("run"), "--changed-data"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("--changed-data", "--resume").hasLineCount(1);
    }

    @Test
    void addsUpTheGradientsOfSeveralBatches() {
        Path run = folder.resolve("run");

        assertThat(train(idx, run, "--batch-size", "2", "--accumulate", "3"))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(run.resolve("checkpoints/00000004/README.md"))
                .content()
                .contains("4 steps of 6 images");
    }

    private static ExitStatus resume(ConsoleOfTest console, Path data, Path run, String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "train",
                                "--data",
                                data.toString(),
                                "--out",
                                run.toString(),
                                "--resume"));
        words.addAll(List.of(more));
        return console.zigma(words.toArray(String[]::new));
    }

    @Test
    void refusesAnEmptyDataFolder() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));

        assertThat(train(empty, folder.resolve("run"))).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("empty").hasLineCount(1);
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void refusesAMissingDataFolder() {
        assertThat(train(folder.resolve("nowhere"), folder.resolve("run")))
                .isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("nowhere").hasLineCount(1);
    }

    @Test
    void refusesARunFolderThatIsAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "mine");

        assertThat(train(idx, file)).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("is a file").hasLineCount(1);
    }

    @Test
    void needsDataAndRunFolder() {
        assertThat(test.zigma("train", "--out", "runs/a")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).startsWith("zigma: train needs --data DIR").hasLineCount(1);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "--steps, 0",
        "--steps, -5",
        "--batch-size, 0",
        "--learning-rate, 0",
        "--learning-rate, NaN",
        "--warmup, -1",
        "--decay, linear",
        "--precision, f8",
        "--image-size, 0",
        "--image-size, big",
        "--channels, 2",
        "--patch-size, 0",
        "--scan, zigzag-9",
        "--label-dropout, 1.5",
        "--ema, 1",
        "--seed, x",
        "--save-every, -1",
        "--interpolant, bent",
        "--labels, 'a,,b'",
        "--threads, 0"
    })
    void refusesAValueThatCannotBeMeant(String option, String value) {
        assertThat(train(idx, folder.resolve("run"), option, value))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).startsWith("zigma: " + option).contains(value).hasLineCount(1);
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void trainsAtTimesThatLeanToTheData() throws IOException {
        String[] times = {"--logit-normal", "--time-mean", "0.8", "--time-deviation", "1.2"};
        assertThat(train(idx, folder.resolve("run"), times)).isEqualTo(ExitStatus.DONE);
        assertThat(folder.resolve("run/config.json"))
                .content()
                .containsSubsequence("logit-normal", "\"mean\": 0.8", "\"deviation\": 1.2");
    }

    @Test
    void theCheckpointRecommendsTheOptionsOfItsSampler() throws IOException {
        Path run = folder.resolve("run");
        String[] sampling = {"--sampler", "ddim", "--sampler-option", "eta=0.5"};
        assertThat(train(idx, run, sampling)).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(run.resolve("checkpoints/00000002/config.json"))
                .content()
                .containsSubsequence("\"sampling\"", "ddim", "sampler_options", "\"eta\": \"0.5\"");
        assertThat(train(idx, run, "--resume", "--steps", "4"))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(run.resolve("checkpoints/00000004/config.json"))
                .content()
                .containsSubsequence("\"sampling\"", "ddim", "sampler_options", "\"eta\": \"0.5\"");
    }

    @Test
    void trainsAtTimesThatAreNamed() throws IOException {
        Path run = folder.resolve("run");
        String[] times = {"--times", "logit-normal", "--times-option", "deviation=0.5"};
        assertThat(train(idx, run, times)).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(run.resolve("config.json"))
                .content()
                .containsSubsequence("logit-normal", "\"mean\": 0.0", "\"deviation\": 0.5");
    }

    @Test
    void trainsAndGoesOnAtStepsOfLargeLosses() throws IOException {
        Path run = folder.resolve("run");
        String[] times = {
            "--process",
            "ddpm",
            "--process-option",
            "variance=fixed-small",
            "--times",
            "loss-aware",
            "--times-option",
            "history=2"
        };
        assertThat(train(idx, run, times)).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(run.resolve("config.json"))
                .content()
                .containsSubsequence("loss-aware", "\"history\": 2", "\"uniform\": 0.001");
        assertThat(train(idx, run, "--resume", "--steps", "4", "--times-option", "history=3"))
                .isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("--times-option history is 2 in the run, 3 asked for");
        String[] same = {
            "--resume", "--steps", "4", "--times", "loss-aware", "--times-option", "history=2"
        };
        assertThat(train(idx, run, same)).as(test.err()).isEqualTo(ExitStatus.DONE);
    }

    @Test
    void theProcessOfACheckpointDecidesWhichTimesFit() {
        Path discrete = folder.resolve("discrete");
        String[] ddpm = {"--process", "ddpm", "--process-option", "variance=fixed-small"};
        assertThat(train(idx, discrete, ddpm)).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(tune(discrete, folder.resolve("tuned"), "--times", "loss-aware"))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);

        Path continuous = folder.resolve("continuous");
        assertThat(train(idx, continuous)).isEqualTo(ExitStatus.DONE);
        assertThat(tune(continuous, folder.resolve("refused"), "--times", "loss-aware"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("need a process with steps");
        assertThat(folder.resolve("refused")).doesNotExist();
    }

    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @CsvSource({
        "--times, sometimes, --flip, , 'uniform, logit-normal, loss-aware'",
        "--times, loss-aware, --flip, , need a process with steps",
        "--times, logit-normal, --logit-normal, , give one of the two",
        "--times, uniform, --times-option, mean=1, uniform times has no option 'mean'",
        "--times-option, mean=1, --flip, , name the distribution with --times",
        "--times, logit-normal, --times-option, mean=x, mean must be a number from -10 to 10"
    })
    void refusesTimesThatThereAreNot(
            String option, String value, String other, String otherValue, String message) {
        List<String> words = new ArrayList<>(List.of(option, value, other));
        if (otherValue != null) {
            words.add(otherValue);
        }
        assertThat(train(idx, folder.resolve("run"), words.toArray(String[]::new)))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains(message).hasLineCount(1);
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"--time-mean, 11", "--time-mean, NaN", "--time-deviation, 0"})
    void refusesTimesThatCannotBeMeant(String option, String value) {
        assertThat(train(idx, folder.resolve("run"), "--logit-normal", option, value))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).startsWith("zigma: " + option).contains(value).hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--time-mean", "--time-deviation"})
    void refusesTheShapeOfTimesThatHaveNone(String option) {
        assertThat(train(idx, folder.resolve("run"), option, "0.5"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .startsWith("zigma: " + option)
                .contains("add --logit-normal")
                .hasLineCount(1);
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void refusesPatchesThatDoNotFitThePictures() {
        assertThat(train(idx, folder.resolve("run"), "--patch-size", "3"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("8×8 is not a whole number of 3-pixel patches");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void startsFromACheckpointsWeightsOnPicturesOfOtherClasses() throws IOException {
        Path from = TinyCheckpoint.withClasses(folder.resolve("from"));
        Path run = folder.resolve("run");

        ExitStatus tuned = tune(from, run, "--labels", "Bag,hat,Sandal", "--freeze", "x_embedder");

        assertThat(tuned).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(run.resolve("checkpoints/00000002/README.md"))
                .content()
                .contains("started from: from, weights", "not trained: x_embedder")
                .contains("Classes: Bag, hat, Sandal");
        try (SafetensorsFile before = SafetensorsFile.open(from.resolve("model.safetensors"));
                SafetensorsFile after =
                        SafetensorsFile.open(
                                run.resolve("checkpoints/00000002/model.safetensors"))) {
            assertThat(after.floats("x_embedder.proj.weight"))
                    .isEqualTo(before.floats("x_embedder.proj.weight"));
            assertThat(after.floats("final_layer.linear.weight"))
                    .isNotEqualTo(before.floats("final_layer.linear.weight"));
        }
    }

    @Test
    void aRunCanBeStartedFromAnotherRun() throws IOException {
        Path first = folder.resolve("first");
        train(idx, first);

        ExitStatus tuned = tune(first, folder.resolve("second"));

        assertThat(tuned).as(test.err()).isEqualTo(ExitStatus.DONE);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "--depth 3, --depth is determined by the checkpoint in --from",
        "--unconditional, --unconditional is determined by the checkpoint in --from",
        "--resume, leave out --from",
        "--image-size 16, --image-size must be that of",
        "--channels 3, --channels must be that of",
        "--freeze nothing, no weight whose name begins with 'nothing'",
        "'--freeze a,,b', --freeze needs beginnings of weights' names",
    })
    void whatTheCheckpointSettlesCannotBeAskedFor(String words, String refusal) throws IOException {
        Path from = TinyCheckpoint.withClasses(folder.resolve("from"));

        ExitStatus tuned = tune(from, folder.resolve("run"), words.split(" "));

        assertThat(tuned).isNotEqualTo(ExitStatus.DONE);
        assertThat(test.err()).contains(refusal);
    }

    @Test
    void onlyTheWeightsOfACheckpointCanBeFrozen() {
        assertThat(train(idx, folder.resolve("run"), "--freeze", "x_embedder"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("add --from").hasLineCount(1);
    }

    private ExitStatus tune(Path from, Path run, String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "train",
                                "--data",
                                idx.toString(),
                                "--out",
                                run.toString(),
                                "--from",
                                from.toString(),
                                "--steps",
                                "2",
                                "--batch-size",
                                "4",
                                "--sample-every",
                                "0"));
        words.addAll(List.of(more));
        return test.zigma(words.toArray(String[]::new));
    }

    private ExitStatus train(Path from, Path run, String... more) {
        return test.zigma(words(from, run, more).toArray(String[]::new));
    }

    /** Later options win over the tiny ones. */
    private static List<String> words(Path from, Path run, String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of("train", "--data", from.toString(), "--out", run.toString()));
        words.addAll(TINY);
        words.addAll(List.of(more));
        return words;
    }

    private static Path weights(Path run) {
        return run.resolve("checkpoints").resolve("00000004").resolve("model.safetensors");
    }

    private static void delete(Path checkpoint) throws IOException {
        try (var files = Files.list(checkpoint)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(checkpoint);
    }
}
