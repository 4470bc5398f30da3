package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.eval.metric.FeatureStatistics;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
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
                        shared.resolve("classifier").toString());
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
    void aSecondRunUsesTheFirstOnesFilesAndPrintsTheSame() throws IOException {
        List<String> words = data("-n", "20", "--seeds", "1");
        JsonObject first = json(words);
        long written = newest();
        ConsoleOfTest again = run(words);
        assertThat(JsonParser.parseString(again.out())).isEqualTo(first);
        assertThat(newest()).as("time of the newest stored file").isEqualTo(written);
        assertThat(again.err()).contains("20/20 pictures");
    }

    @Test
    void samplesInBfloat16AreNotTakenForThoseInFloat32() throws IOException {
        List<String> words = data("-n", "20", "--seeds", "1");
        JsonObject exact = json(words);
        long stored = stored();
        List<String> rounding = new ArrayList<>(words);
        rounding.addAll(List.of("--precision", "bf16"));
        JsonObject rounded = json(rounding);
        assertThat(rounded.getAsJsonObject("model").get("number_format").getAsString())
                .isEqualTo("bf16");
        assertThat(exact.getAsJsonObject("model").has("number_format")).isFalse();
        assertThat(stored()).as("samples of their own").isEqualTo(stored + 1);
        assertThat(json(words)).isEqualTo(exact);
        assertThat(stored()).isEqualTo(stored + 1);
    }

    /** How many settings have samples in the cache. */
    private long stored() throws IOException {
        try (Stream<Path> folders = Files.list(folder.resolve("cache").resolve("samples"))) {
            return folders.count();
        }
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
    void savedStatisticsReplaceTheDataSet() throws IOException {
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
    void theLikelihoodOfTestPicturesIsBesideTheFiguresOfSamples() throws IOException {
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
    void aSweepNeverUsesTheTestPictures() {
        assertRefused(
                data("--guidance-sweep", "1,2", "--reference-split", "test"),
                ExitStatus.WRONG_USAGE,
                "--guidance-sweep never uses the test pictures");
    }

    @Test
    void aSeedThatComesTwiceIsRefused() {
        assertRefused(
                data("--seeds", "1,1"),
                ExitStatus.WRONG_USAGE,
                "--seeds needs different whole numbers from 0 on with commas between them, not"
                        + " '1,1'");
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
        words.set(words.indexOf("--classifier") + 1, folder.resolve("nobody").toString());
        assertRefused(words, ExitStatus.FAILED, "zigma train-classifier makes one");
    }

    @Test
    void aClassifierOfOtherPicturesIsRefusedBeforeAnySample() {
        List<String> words = new ArrayList<>(data("-n", "12"));
        words.set(
                words.indexOf("--classifier") + 1,
                Path.of("..", "models", "fashion-classifier").toString());
        assertRefused(
                words,
                ExitStatus.FAILED,
                "takes pictures of 1 × 28 × 28, these are pictures of 1 × 8 × 8");
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

    @Test
    void theFormerNameOfTheClassifierOptionStillWorks() {
        List<String> words = new ArrayList<>(data("-n", "12", "--seeds", "1"));
        words.set(words.indexOf("--classifier"), "--judge");
        assertThat(json(words).keySet()).contains("class_agreement");
        words.addAll(List.of("--classifier", "other"));
        assertRefused(words, ExitStatus.WRONG_USAGE, "former name of --classifier");
    }

    @Test
    void picturesOfAFolderAreEvaluatedByTheirClassFolders() throws IOException {
        Path samples = samples(folder.resolve("made"), 8);
        JsonObject json = json(existing(samples, "--labels", "Sandal,Ankle boot,Bag"));
        assertThat(json.get("samples").getAsInt()).isEqualTo(12);
        assertThat(json.getAsJsonObject("class_agreement_by_class").keySet())
                .containsExactly("Ankle boot", "Bag", "Sandal");
        assertThat(json.getAsJsonObject("model").get("name").getAsString()).isEqualTo("made");
        assertThat(json.keySet()).doesNotContain("seeds", "function_evaluations");
    }

    @Test
    void picturesWithoutClassFoldersAreEvaluatedWithoutClasses() throws IOException {
        Path loose = Files.createDirectory(folder.resolve("loose"));
        try (Stream<Path> files = Files.walk(samples(folder.resolve("made"), 8))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(
                        file,
                        loose.resolve(file.getParent().getFileName() + "_" + file.getFileName()));
            }
        }
        JsonObject json = json(existing(loose));
        assertThat(json.keySet())
                .contains("frechet_distance", "memorised", "inception_score")
                .doesNotContain("class_agreement");
    }

    @Test
    void picturesOfAnArchiveAreTheSameAsThoseOfAFolder() throws IOException {
        Path samples = samples(folder.resolve("made"), 8);
        List<Path> files;
        try (Stream<Path> found = Files.walk(samples)) {
            files = found.filter(Files::isRegularFile).sorted().toList();
        }
        byte[] levels = new byte[files.size() * 64];
        byte[] classes = new byte[files.size()];
        for (int i = 0; i < files.size(); i++) {
            BufferedImage picture = ImageIO.read(files.get(i).toFile());
            for (int j = 0; j < 64; j++) {
                levels[64 * i + j] = (byte) picture.getRaster().getSample(j % 8, j / 8, 0);
            }
            classes[i] =
                    (byte)
                            List.of("Sandal", "Ankle boot", "Bag")
                                    .indexOf(files.get(i).getParent().getFileName().toString());
        }
        Path file = folder.resolve("made.npz");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            putBytes(zip, "arr_0", "(12, 8, 8, 1)", levels);
            putBytes(zip, "arr_1", "(12,)", classes);
        }
        String[] labels = {"--labels", "Sandal,Ankle boot,Bag"};
        JsonObject ofArchive = json(existing(file, labels));
        JsonObject ofFolder = json(existing(samples, labels));
        for (String figure : List.of("frechet_distance", "class_agreement", "precision")) {
            assertThat(ofArchive.get(figure).getAsDouble())
                    .as(figure)
                    .isCloseTo(ofFolder.get(figure).getAsDouble(), within(1e-6));
        }
        assertRefused(
                existing(file, "--labels", "Sandal,Ankle boot"),
                ExitStatus.WRONG_USAGE,
                "has class numbers up to 2, --labels only names for 0 to 1");
    }

    private static void putBytes(ZipOutputStream zip, String name, String shape, byte[] bytes)
            throws IOException {
        zip.putNextEntry(new ZipEntry(name + ".npy"));
        String header = "{'descr': '|u1', 'fortran_order': False, 'shape': %s, }".formatted(shape);
        zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        zip.write(new byte[] {(byte) header.length(), 0});
        zip.write(header.getBytes(StandardCharsets.US_ASCII));
        zip.write(bytes);
        zip.closeEntry();
    }

    @Test
    void samplesOfTwoSizesAreRefusedUnlessOneIsAskedFor() throws IOException {
        Path samples = samples(folder.resolve("made"), 8);
        ImageIO.write(
                new BufferedImage(9, 8, BufferedImage.TYPE_BYTE_GRAY),
                "png",
                samples.resolve("Bag").resolve("wide.png").toFile());
        assertRefused(existing(samples), ExitStatus.WRONG_USAGE, "give --image-size");
        assertThat(json(existing(samples, "--image-size", "8")).get("samples").getAsInt())
                .isEqualTo(13);
    }

    @Test
    void whatMeansNothingToPicturesThatAreThereIsRefused() throws IOException {
        Path samples = samples(folder.resolve("made"), 8);
        for (String option :
                List.of(
                        "-n 12",
                        "--seeds 1",
                        "--steps 3",
                        "--guidance-sweep 1,2",
                        "--precision bf16")) {
            assertRefused(
                    existing(samples, option.split(" ")),
                    ExitStatus.WRONG_USAGE,
                    "--samples exist already");
        }
        assertRefused(
                data("--image-size", "8"), ExitStatus.WRONG_USAGE, "--image-size is for --samples");
        assertRefused(existing(folder.resolve("nothing")), ExitStatus.FAILED, "there is no ");
        List<String> neither = words("model", "--data", shared.resolve("data").toString());
        neither.subList(1, 3).clear();
        assertRefused(neither, ExitStatus.WRONG_USAGE, "evaluate needs a model, -m DIR, or");
    }

    @Test
    void tooFewPicturesAreRefused() throws IOException {
        Path few = FlatColours.write(folder.resolve("few"), List.of("Bag"), 9, 1);
        assertRefused(existing(few), ExitStatus.FAILED, "holds 9 pictures; at least 10 are needed");
    }

    /** Writes four pictures of each class. */
    private static Path samples(Path place, int side) throws IOException {
        Random random = new Random(7);
        for (String label : List.of("Sandal", "Ankle boot", "Bag")) {
            Path folder = Files.createDirectories(place.resolve(label));
            for (int i = 0; i < 4; i++) {
                BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
                for (int j = 0; j < side * side; j++) {
                    image.getRaster().setSample(j % side, j / side, 0, random.nextInt(256));
                }
                ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
            }
        }
        return place;
    }

    private List<String> existing(Path samples, String... more) {
        List<String> words = data(more);
        words.set(words.indexOf("-m") + 1, samples.toString());
        words.set(words.indexOf("-m"), "--samples");
        return words;
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
                                "--classifier",
                                shared.resolve("classifier").toString(),
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
