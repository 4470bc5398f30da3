package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.eval.metric.FeatureStatistics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateCommandTest {

    private static final int TRAINING = 60;
    private static final int TEST = 30;

    @TempDir static Path shared;
    @TempDir Path folder;

    @BeforeAll
    static void prepare() throws IOException {
        TinyCheckpoint.withClasses(shared.resolve("model"));
        TinyCheckpoint.unconditional(shared.resolve("plain"));
        writePart("train", TRAINING, 1);
        writePart("t10k", TEST, 2);
        ConsoleOfTest console = ConsoleOfTest.plain();
        ExitStatus trained =
                console.zigma(
                        "train-classifier",
                        "--data",
                        shared.resolve("data").toString(),
                        "--labels",
                        "Sandal,Ankle boot,Bag",
                        "--steps",
                        "2",
                        "--batch-size",
                        "8",
                        "--out",
                        shared.resolve("judge").toString());
        assertThat(trained).as(console.err()).isEqualTo(ExitStatus.DONE);
    }

    /** Writes a part of MNIST's layout: 8 × 8 random pictures of three classes. */
    private static void writePart(String prefix, int count, long seed) throws IOException {
        Path data = Files.createDirectories(shared.resolve("data"));
        Random random = new Random(seed);
        byte[] pixels = new byte[count * 64];
        random.nextBytes(pixels);
        ByteBuffer images = ByteBuffer.allocate(16 + pixels.length);
        images.putInt(0x803).putInt(count).putInt(8).putInt(8).put(pixels);
        Files.write(data.resolve(prefix + "-images-idx3-ubyte"), images.array());
        ByteBuffer labels = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
        for (int i = 0; i < count; i++) {
            labels.put((byte) (i % 3));
        }
        Files.write(data.resolve(prefix + "-labels-idx1-ubyte"), labels.array());
    }

    @Test
    void jsonHasTheKeysThatCardsAreMadeOf() throws IOException {
        JsonObject json = json(data("-n", "20", "--seeds", "1,2"));
        assertThat(json.keySet())
                .contains(
                        "frechet_distance",
                        "frechet_distance_floor",
                        "kernel_distance",
                        "kernel_distance_spread",
                        "precision",
                        "recall",
                        "density",
                        "coverage",
                        "class_agreement",
                        "memorised",
                        "samples",
                        "function_evaluations",
                        "seeds");
        assertThat(json.get("samples").getAsInt()).isEqualTo(20);
        assertThat(json.get("function_evaluations").getAsDouble()).as("Euler, 4").isEqualTo(4);
        assertThat(json.get("guided").getAsBoolean()).isFalse();
        assertThat(json.getAsJsonArray("seeds").toString()).isEqualTo("[1,2]");
        assertThat(json.getAsJsonObject("model").get("sampler").getAsString()).isEqualTo("euler");
    }

    @Test
    void aSecondRunTakesWhatTheFirstMadeAndSaysTheSame() throws IOException {
        List<String> words = data("-n", "20", "--seeds", "1");
        JsonObject first = json(words);
        long written = newest();
        ConsoleOfTest again = run(words);
        assertThat(JsonParser.parseString(again.out())).isEqualTo(first);
        assertThat(newest()).as("time of the newest file that is kept").isEqualTo(written);
        assertThat(again.err()).contains("20/20 pictures");
    }

    private long newest() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("cache"))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().lastModified())
                    .max()
                    .orElseThrow();
        }
    }

    @Test
    void weightsThatAreNotShippedAreAskedForInOneLine() {
        ConsoleOfTest console = ConsoleOfTest.plain();
        String[] words = data("-n", "12", "--features", "inception-v3").toArray(String[]::new);
        assertThat(console.zigma(words)).isEqualTo(ExitStatus.FAILED);
        assertThat(console.err())
                .contains(
                        "pt_inception-2015-12-05-6726825d.pth",
                        "https://github.com/mseitzer/pytorch-fid",
                        "extractors")
                .hasLineCount(1);
    }

    @Test
    void anUnknownNetworkIsRefusedWithTheKnownOnes() {
        ConsoleOfTest console = ConsoleOfTest.plain();
        String[] words = data("-n", "12", "--features", "inception").toArray(String[]::new);
        assertThat(console.zigma(words)).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(console.err())
                .contains("did you mean 'inception-v3'", "dinov2-vitb14")
                .hasLineCount(1);
    }

    @Test
    void savedStatisticsTakeTheDataSetsPlace() throws IOException {
        String file = folder.resolve("reference.npz").toString();
        JsonObject first = json(data("-n", "15", "--seeds", "4", "--save-reference", file));
        assertThat(FeatureStatistics.read(Path.of(file)).features())
                .isEqualTo(first.getAsJsonObject("conditions").get("feature_dimension").getAsInt());
        JsonObject second = json(words("model", "-n", "15", "--seeds", "4", "--reference", file));
        assertThat(second.get("frechet_distance")).isEqualTo(first.get("frechet_distance"));
        assertThat(second.keySet()).doesNotContain("precision", "memorised", "kernel_distance");
        assertThat(second.keySet()).contains("class_agreement");
    }

    @Test
    void aTableAndAPageAreForPeople() throws IOException {
        String page = folder.resolve("report.html").toString();
        ConsoleOfTest console = succeeding(data("-n", "12", "--seeds", "1", "--html", page));
        assertThat(console.out())
                .contains("Fréchet distance", "class agreement", "real pictures", page);
        assertThat(Files.readString(Path.of(page))).contains("Sandal", "Nearest training pictures");
    }

    @Test
    void theLikelihoodOfTestPicturesStandsBesideTheFiguresOfSamples() throws IOException {
        JsonObject json =
                json(data("-n", "12", "--seeds", "1", "--likelihood", "4", "--steps", "2"));
        assertThat(json.get("bits_per_dimension").getAsDouble()).isPositive();
        assertThat(json.get("bits_per_dimension_error").getAsDouble()).isPositive();
    }

    @Test
    void aGuidanceSweepComparesWithHeldOutTrainingPictures() throws IOException {
        JsonObject json = json(data("-n", "12", "--seeds", "1", "--guidance-sweep", "2,1"));
        assertThat(json.getAsJsonArray("guidance_sweep")).hasSize(2);
        assertThat(json.getAsJsonObject("conditions").get("reference").getAsString())
                .isEqualTo("held-out training pictures of data");
        assertThat(json.getAsJsonObject("conditions").get("reference_images").getAsInt())
                .isEqualTo(TRAINING / 6);
    }

    @Test
    void anUnconditionalModelIsAskedForNoClass() throws IOException {
        List<String> words = new ArrayList<>(words("plain", "-n", "12", "--seeds", "1"));
        words.addAll(List.of("--data", shared.resolve("data").toString()));
        JsonObject json = json(words);
        assertThat(json.keySet())
                .contains("frechet_distance", "inception_score")
                .doesNotContain("class_agreement");
    }

    @Test
    void withoutAnythingToCompareWithItIsWrongUsage() {
        assertRefused(
                words("model"),
                ExitStatus.WRONG_USAGE,
                "evaluate needs --data DIR to compare with, or --reference FILE.npz");
    }

    @Test
    void aSweepNeverLooksAtTheTestPictures() {
        assertRefused(
                data("--guidance-sweep", "1,2", "--reference-split", "test"),
                ExitStatus.WRONG_USAGE,
                "--guidance-sweep never looks at the test pictures");
    }

    @Test
    void aSeedThatComesTwiceIsRefused() {
        assertRefused(
                data("--seeds", "1,1"),
                ExitStatus.WRONG_USAGE,
                "--seeds needs different whole numbers from 0 on with commas between them, not '1,1'");
    }

    @Test
    void anUnconditionalModelCannotBeSwept() {
        List<String> words = new ArrayList<>(words("plain", "--guidance-sweep", "1,2"));
        words.addAll(List.of("--data", shared.resolve("data").toString()));
        assertRefused(words, ExitStatus.WRONG_USAGE, "cannot be guided");
    }

    @Test
    void aCheckpointIsNoRunToLookOver() {
        assertRefused(
                data("--over-training"),
                ExitStatus.WRONG_USAGE,
                "--over-training needs a run folder");
    }

    @Test
    void aMissingClassifierIsNamedWithWhatMakesOne() {
        List<String> words = new ArrayList<>(data("-n", "12"));
        words.set(words.indexOf("--judge") + 1, folder.resolve("nobody").toString());
        assertRefused(words, ExitStatus.FAILED, "zigma train-classifier makes one");
    }

    @Test
    void aClassifierOfOtherPicturesIsRefusedBeforeAnySample() {
        List<String> words = new ArrayList<>(data("-n", "12"));
        words.set(
                words.indexOf("--judge") + 1,
                Path.of("..", "models", "fashion-classifier").toString());
        assertRefused(
                words,
                ExitStatus.FAILED,
                "looks at pictures of 1 × 28 × 28, the model makes 1 × 8 × 8");
        assertThat(folder.resolve("cache").resolve("samples")).doesNotExist();
    }

    @Test
    void statisticsThatAreGivenAreNotWrittenAsThoseOfThePictures() {
        assertRefused(
                data("--reference", "one.npz", "--save-reference", folder + "/two.npz"),
                ExitStatus.WRONG_USAGE,
                "--save-reference is for statistics of the pictures of --data");
    }

    @Test
    void statisticsOfOtherFeaturesAreRefused() throws IOException {
        Path file = folder.resolve("other.npz");
        new FeatureStatistics(new double[2], new double[] {1, 0, 0, 1}).write(file);
        assertRefused(
                words("model", "--reference", file.toString()),
                ExitStatus.FAILED,
                "the statistics have 2 features");
    }

    @Test
    void aPageIsNotWrittenOverUnlessForced() throws IOException {
        Path page = Files.writeString(folder.resolve("report.html"), "mine");
        assertRefused(
                data("-n", "12", "--html", page.toString()),
                ExitStatus.FAILED,
                "add --force to replace it");
        assertThat(page).hasContent("mine");
    }

    private static void assertRefused(List<String> words, ExitStatus status, String message) {
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(console.zigma(words.toArray(String[]::new))).isEqualTo(status);
        assertThat(console.err().lines().filter(line -> line.contains(message)))
                .as("one line of: %s", console.err())
                .hasSize(1);
        assertThat(console.out()).isEmpty();
    }

    private List<String> words(String model, String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "evaluate",
                                "-m",
                                shared.resolve(model).toString(),
                                "--judge",
                                shared.resolve("judge").toString(),
                                "--cache",
                                folder.resolve("cache").toString()));
        words.addAll(List.of(more));
        return words;
    }

    private List<String> data(String... more) {
        List<String> words = words("model", more);
        words.addAll(List.of("--data", shared.resolve("data").toString()));
        return words;
    }

    private JsonObject json(List<String> words) {
        return JsonParser.parseString(run(words).out()).getAsJsonObject();
    }

    private static ConsoleOfTest run(List<String> words) {
        List<String> all = new ArrayList<>(words);
        all.add("--json");
        return succeeding(all);
    }

    private static ConsoleOfTest succeeding(List<String> words) {
        ConsoleOfTest console = ConsoleOfTest.plain();
        ExitStatus status = console.zigma(words.toArray(String[]::new));
        assertThat(status).as(console.err()).isEqualTo(ExitStatus.DONE);
        return console;
    }
}
