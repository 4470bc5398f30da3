package io.zigma.cli;

import static io.zigma.cli.terminal.ExitStatus.DONE;
import static io.zigma.cli.terminal.ExitStatus.FAILED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zigma.cli.terminal.ExitStatus;
import io.zigma.media.GifWriter;
import io.zigma.media.PngFile;
import io.zigma.pipeline.Magnification;
import io.zigma.testing.Mount;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GenerateCommandTest {

    @TempDir static Path models;
    private static Path model;
    private static Path unconditional;

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeAll
    static void writeModels() throws IOException {
        model = TinyCheckpoint.withClasses(models.resolve("shoes"));
        unconditional = TinyCheckpoint.unconditional(models.resolve("things"));
    }

    @Test
    void writesAGridAndPrintsItsPath() throws IOException {
        Path file = folder.resolve("grid.png");

        ExitStatus status = generate("-c", "bag", "-n", "5", "-s", "7", "--scale", "1", "-o", file);

        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(test.out()).isEqualTo(file + System.lineSeparator());
        BufferedImage grid = ImageIO.read(file.toFile());
        assertThat(grid.getWidth()).isEqualTo(3 * 8 + 4);
        assertThat(grid.getHeight()).isEqualTo(2 * 8 + 3);
        assertThat(test.err()).contains("steps").doesNotContain("\r");
    }

    @Test
    void magnifiesSmallPicturesInAGridButNotInFilesOfTheirOwn() throws IOException {
        Path grid = folder.resolve("grid.png");
        generate("-c", "bag", "-n", "1", "-s", "7", "-o", grid);
        generate("-c", "bag", "-n", "1", "-s", "7", "-o", folder.resolve("own_%d.png"));

        BufferedImage small = ImageIO.read(folder.resolve("own_0.png").toFile());
        assertThat(small.getWidth()).isEqualTo(8);
        assertThat(pixels(ImageIO.read(grid.toFile())))
                .as("each pixel 12 times, which makes 96 of 8")
                .isEqualTo(pixels(new Magnification(12).apply(small)));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void refusesAFileThatCannotBeWrittenBeforeComputing() {
        ExitStatus status = generate("-c", "bag", "-o", Path.of("/proc/picture.png"));

        assertThat(status).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err())
                .contains("/proc/picture.png cannot be written", "folder /proc")
                .hasLineCount(1);
    }

    @Test
    void givesTheSameBytesForTheSameSeed() {
        Path one = folder.resolve("1.png");
        Path two = folder.resolve("2.png");

        generate("-c", "bag", "-n", "2", "-s", "7", "-o", one);
        generate("-c", "bag", "-n", "2", "-s", "7", "-o", two);

        assertThat(one).hasSameBinaryContentAs(two);
    }

    @Test
    void givesOtherPicturesForOtherSeeds() throws IOException {
        Path one = folder.resolve("1.png");
        Path two = folder.resolve("2.png");

        generate("-c", "bag", "-s", "7", "-o", one);
        generate("-c", "bag", "-s", "8", "-o", two);

        assertThat(Files.readAllBytes(one)).isNotEqualTo(Files.readAllBytes(two));
    }

    @Test
    void givesEveryPictureAloneAsInAnyBatch() throws IOException {
        generate("-c", "bag", "-n", "3", "-s", "7", "-o", folder.resolve("all_%d.png"));
        generate("-c", "bag", "-s", "9", "-o", folder.resolve("alone_%d.png"));

        assertThat(samples("alone_0.png")).isEqualTo(samples("all_2.png"));
    }

    @Test
    void numbersSingleFilesByThePattern() throws IOException {
        ExitStatus status = generate("-n", "3", "-s", "1", "-o", folder.resolve("a_%03d.png"));

        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(names()).containsExactly("a_000.png", "a_001.png", "a_002.png");
        assertThat(test.out().lines()).hasSize(3);
        assertThat(ImageIO.read(folder.resolve("a_002.png").toFile()).getWidth()).isEqualTo(8);
    }

    @Test
    void takesTheClassesInTurnWhenNoneIsChosen() throws IOException {
        generate("-n", "4", "-s", "1", "-o", folder.resolve("%d.png"));

        List<String> classes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            classes.add(PngFile.readText(folder.resolve(i + ".png")).get("class"));
        }
        assertThat(classes).containsExactly("Sandal", "Ankle boot", "Bag", "Sandal");
    }

    @Test
    void theFileContainsTheRecipeByDefault() throws IOException {
        Path with = folder.resolve("with.png");
        Path without = folder.resolve("without.png");

        generate("-c", "1", "-s", "7", "--steps", "3", "-o", with);
        generate("-c", "1", "-s", "7", "--steps", "3", "-o", without, "--no-metadata");

        assertThat(PngFile.readText(with))
                .containsEntry("class", "Ankle boot")
                .containsEntry("seed", "7")
                .containsEntry("model", "shoes");
        assertThat(PngFile.readText(without)).isEmpty();
    }

    @Test
    void anAnimationContainsTheRecipeByDefault() throws IOException {
        Path with = folder.resolve("with.gif");
        Path without = folder.resolve("without.gif");

        generate("-c", "1", "-s", "7", "-n", "2", "-o", folder.resolve("1.png"), "--gif", with);
        generate("-s", "7", "-o", folder.resolve("2.png"), "--gif", without, "--no-metadata");

        assertThat(GifWriter.readText(with))
                .containsEntry("class", "Ankle boot")
                .containsEntry("seed", "7")
                .containsEntry("count", "2");
        assertThat(GifWriter.readText(without)).isEmpty();
    }

    @Test
    void standardOutputGetsOnePngAndNothingElse() throws IOException {
        Path file = folder.resolve("a.png");
        assertThat(generate("-c", "1", "-s", "7", "-n", "3", "-o", file)).isEqualTo(DONE);
        ConsoleOfTest piped = ConsoleOfTest.plain();
        Path gif = folder.resolve("a.gif");
        String[] words = {
            "generate",
            "-m",
            model.toString(),
            "-c",
            "1",
            "-s",
            "7",
            "-n",
            "3",
            "--gif",
            gif.toString(),
            "-o",
            "-"
        };

        assertThat(piped.zigma(words)).as(piped.err()).isEqualTo(DONE);

        assertThat(piped.outBytes()).isEqualTo(Files.readAllBytes(file));
        assertThat(names()).as("no file is named -").containsExactly("a.gif", "a.png");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theDeviceOfStandardOutputIsStandardOutput() throws IOException {
        Path file = folder.resolve("a.png");
        assertThat(generate("-s", "7", "-o", file)).isEqualTo(DONE);
        ConsoleOfTest piped = ConsoleOfTest.plain();

        assertThat(piped.zigma("generate", "-m", model + "", "-s", "7", "-o", "/dev/stdout"))
                .isEqualTo(DONE);

        assertThat(piped.outBytes()).isEqualTo(Files.readAllBytes(file));
        assertThat(Path.of("/dev/stdout")).isSymbolicLink();
    }

    @Test
    void aPictureGoesThroughAFifo() throws Exception {
        Path file = folder.resolve("a.png");
        assertThat(generate("-s", "7", "-o", file)).isEqualTo(DONE);
        Path fifo = folder.resolve("fifo.png");
        assumeTrue(Mount.run("mkfifo", fifo.toString()), "there is no mkfifo here");
        CompletableFuture<byte[]> read =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return Files.readAllBytes(fifo);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });

        assertThat(generate("-s", "7", "-o", fifo)).as(test.err()).isEqualTo(DONE);

        assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(Files.readAllBytes(file));
        assertThat(names()).containsExactly("a.png", "fifo.png");
    }

    @Test
    void aFileThatIsAMountPointIsReplacedInPlace() throws Exception {
        Path source = Files.writeString(folder.resolve("outside"), "old");
        Path file = Files.createFile(folder.resolve("a.png"));
        try (Mount mount = Mount.bind(source, file)) {
            assertThat(generate("-s", "7", "-o", file)).isEqualTo(FAILED);
            assertThat(test.err()).contains("exists already");

            assertThat(generate("-s", "7", "-f", "-o", file)).as(test.err()).isEqualTo(DONE);

            assertThat(PngFile.readText(file)).containsEntry("seed", "7");
        }
        assertThat(PngFile.readText(source)).containsEntry("seed", "7");
        assertThat(names()).containsExactly("a.png", "outside");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-o", "--gif"})
    void refusesANameThatIsTooLongBeforeComputing(String option) throws IOException {
        String ending = option.equals("-o") ? ".png" : ".gif";
        Path file = folder.resolve("x".repeat(300) + ending);
        Object[] words = {"-o", folder.resolve("a.png"), option, file};

        assertThat(generate(words)).isEqualTo(FAILED);

        assertThat(test.err()).contains("choose a shorter one").hasLineCount(1);
        assertThat(test.err()).doesNotContain("make room");
        assertThat(names()).isEmpty();
    }

    @Test
    void refusesAPatternWhoseLastNameIsTooLongBeforeComputing() throws IOException {
        String pattern = "x".repeat(250) + "%d.png";

        assertThat(generate("-n", "11", "-o", folder.resolve(pattern))).isEqualTo(FAILED);

        assertThat(test.err()).contains("10.png", "choose a shorter one").hasLineCount(1);
        assertThat(names()).isEmpty();
    }

    @Test
    void makesTheFileThatADanglingLinkPointsTo() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("a.png"), Path.of("b.png"));

        assertThat(generate("-s", "7", "-o", link)).as(test.err()).isEqualTo(DONE);

        assertThat(link).isSymbolicLink();
        assertThat(PngFile.readText(folder.resolve("b.png"))).containsEntry("seed", "7");
        assertThat(names()).containsExactly("a.png", "b.png");
    }

    @Test
    void oneFileForPictureAndAnimationIsRefusedUnderTwoNames() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("b.gif"), Path.of("a.png"));

        assertThat(generate("-o", folder.resolve("a.png"), "--gif", link))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("the file of the result itself").hasLineCount(1);
    }

    @Test
    void minusOneIsARandomSeedThatIsPrinted() throws IOException {
        Path file = folder.resolve("a.png");

        assertThat(generate("-s", "-1", "-o", file)).as(test.err()).isEqualTo(DONE);

        String seed = PngFile.readText(file).get("seed");
        assertThat(Long.parseLong(seed)).isNotNegative();
        assertThat(test.err()).contains("zigma: seed " + seed + System.lineSeparator());
    }

    @Test
    void otherNegativeSeedsAreSeeds() throws IOException {
        Path file = folder.resolve("%d.png");

        assertThat(generate("-s", "-2", "-n", "2", "-o", file)).as(test.err()).isEqualTo(DONE);

        assertThat(PngFile.readText(folder.resolve("0.png"))).containsEntry("seed", "-2");
        assertThat(PngFile.readText(folder.resolve("1.png"))).containsEntry("seed", "-1");
        assertThat(test.err()).doesNotContain("zigma: seed");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"euler", "heun", "dopri5", "sde-euler", "sde-heun"})
    void samplesWithEverySampler(String sampler) {
        Path file = folder.resolve("a.png");

        assertThat(generate("-n", "2", "--sampler", sampler, "--steps", "3", "-s", "1", "-o", file))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(file).isNotEmptyFile();
    }

    @Test
    void followsTheClassHarderWithGuidance() throws IOException {
        Path file = folder.resolve("a.png");

        ExitStatus status = generate("-c", "bag", "--cfg-scale", "2.5", "-s", "1", "-o", file);

        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(PngFile.readText(file)).containsEntry("guidance_scale", "2.5");
    }

    @Test
    void followsTheClassHarderInAPartOfTheWay() throws IOException {
        Path part = folder.resolve("part.png");
        Path whole = folder.resolve("whole.png");

        generate("-c", "bag", "--cfg-scale", 9, "--cfg-interval", "0.3,0.8", "-s", 1, "-o", part);
        generate("-c", "bag", "--cfg-scale", 9, "--cfg-interval", "0,1", "-s", 1, "-o", whole);

        assertThat(PngFile.readText(part)).containsEntry("guidance_interval", "0.3,0.8");
        assertThat(PngFile.readText(whole)).doesNotContainKey("guidance_interval");
        assertThat(samples("part.png")).isNotEqualTo(samples("whole.png"));
    }

    @Test
    void guidesTheFirstChannelsOnly() throws IOException {
        Path one = folder.resolve("one.png");
        generate("-c", "bag", "--cfg-scale", 9, "--cfg-channels", 1, "-s", 1, "-o", one);
        assertThat(PngFile.readText(one)).containsEntry("guidance_channels", "1");

        Path all = folder.resolve("all.png");
        generate("-c", "bag", "--cfg-scale", 9, "--cfg-channels", 0, "-s", 1, "-o", all);
        assertThat(PngFile.readText(all)).doesNotContainKey("guidance_channels");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.3", "0.8,0.3", "0,2", "a,b", "0,0.5,1", "0.5,0.5", ""})
    void refusesAPartOfTheWayThatIsNone(String interval) {
        Path file = folder.resolve("a.png");

        ExitStatus status = generate("--cfg-scale", "2", "--cfg-interval", interval, "-o", file);

        assertThat(status).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .startsWith("zigma: --cfg-interval")
                .contains("'" + interval + "'")
                .hasLineCount(1);
    }

    @Test
    void refusesAGridThatIsTooLargeBeforeComputing() {
        Path file = folder.resolve("a.png");

        assertThat(generate("-n", 4096, "--scale", 64, "-o", file))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .contains("too large to display", "--scale", "item_%d.png")
                .hasLineCount(1);
        assertThat(file).doesNotExist();
    }

    @Test
    void animatesTheWayOutOfTheNoise() throws IOException {
        Path gif = folder.resolve("a.gif");

        ExitStatus status =
                generate(
                        "-n",
                        "5",
                        "--batch",
                        "2",
                        "--steps",
                        "4",
                        "--scale",
                        "3",
                        "-s",
                        "1",
                        "-o",
                        folder.resolve("a.png"),
                        "--gif",
                        gif);

        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(test.out().lines())
                .containsExactly(folder.resolve("a.png").toString(), gif.toString());
        ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
        try (ImageInputStream input = ImageIO.createImageInputStream(gif.toFile())) {
            reader.setInput(input);
            assertThat(reader.getNumImages(true)).isEqualTo(4);
            assertThat(reader.getWidth(0)).isEqualTo(3 * 24 + 4);
        } finally {
            reader.dispose();
        }
    }

    @Test
    void samplesAnUnconditionalModel() {
        Path file = folder.resolve("a.png");

        assertThat(
                        test.zigma(
                                "generate",
                                "-m",
                                unconditional.toString(),
                                "-s",
                                "1",
                                "-o",
                                file.toString()))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(file).isNotEmptyFile();
    }

    @Test
    void printsTheRandomSeed() {
        generate("-o", folder.resolve("a.png"));

        assertThat(test.err()).containsPattern("zigma: seed \\d+");
    }

    @Test
    void refusesAClassThatDoesNotExistAndListsThoseThatDo() {
        assertThat(generate("-c", "ankle bot")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .contains("no class 'ankle bot'", "did you mean 'Ankle boot'?", "Sandal", "Bag")
                .hasLineCount(1);
    }

    @Test
    void refusesAClassOfAnUnconditionalModel() {
        assertThat(test.zigma("generate", "-m", unconditional.toString(), "-c", "1"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("unconditional").hasLineCount(1);
    }

    @Test
    void refusesGuidanceWhereThereIsNothingToGuide() {
        assertThat(test.zigma("generate", "-m", unconditional.toString(), "--cfg-scale", "2"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("--cfg-scale").hasLineCount(1);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "--steps, 0",
        "--steps, -3",
        "--steps, many",
        "--steps, 1.5",
        "--count, 0",
        "--count, -1",
        "--seed, x",
        "--seed, 99999999999999999999",
        "--cfg-scale, NaN",
        "--cfg-scale, -1",
        "--cfg-scale, Infinity",
        "--threads, 0",
        "--batch, 0",
        "--scale, 0",
        "--scale, 1000",
        "--sampler, eulr",
        "--device, tpu",
        "--precision, f8",
        "--output, picture.jpg",
        "--output, a_%s.png",
        "--gif, picture.png"
    })
    void refusesAValueThatCannotBeMeant(String option, String value) {
        assertThat(generate(option, value)).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).startsWith("zigma: " + option).contains(value).hasLineCount(1);
        assertThat(test.out()).isEmpty();
    }

    @Test
    void refusesTheSameFileForPictureAndAnimationByTheirEndings() {
        assertThat(generate("-o", "a.gif")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("should end in .png").hasLineCount(1);
    }

    @Test
    void needsAModel() {
        assertThat(test.zigma("generate", "-n", "2")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).startsWith("zigma: generate needs --model DIR").hasLineCount(1);
    }

    @Test
    void refusesAMissingModel() {
        assertThat(test.zigma("generate", "-m", folder.resolve("no").toString()))
                .isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("no folder", "no").hasLineCount(1);
    }

    @Test
    void refusesAFolderThatIsNoModel() {
        assertThat(test.zigma("generate", "-m", folder.toString())).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("not a checkpoint folder").hasLineCount(1);
    }

    @Test
    void refusesDamagedWeights() throws IOException {
        Path damaged = TinyCheckpoint.withClasses(folder.resolve("damaged"));
        Path weights = damaged.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 3] ^= 1;
        Files.write(weights, bytes);

        assertThat(
                        test.zigma(
                                "generate",
                                "-m",
                                damaged.toString(),
                                "-o",
                                folder.resolve("a.png").toString(),
                                "-s",
                                "1"))
                .isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("model.safetensors").hasLineCount(1);
    }

    @Test
    void refusesAnOutputFolderThatIsMissing() {
        assertThat(generate("-o", folder.resolve("no/a.png"))).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("no folder").hasLineCount(1);
    }

    @Test
    void replacesAFileOnlyByForce() throws IOException {
        Path file = folder.resolve("a_1.png");
        Files.writeString(file, "mine");

        ExitStatus refused = generate("-n", "2", "-s", "1", "-o", folder.resolve("a_%d.png"));

        assertThat(refused).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("a_1.png exists already", "--force").hasLineCount(1);
        assertThat(file).hasContent("mine");
        assertThat(names()).containsExactly("a_1.png");

        ExitStatus forced =
                generate("-n", "2", "-s", "1", "-o", folder.resolve("a_%d.png"), "--force");

        assertThat(forced).isEqualTo(ExitStatus.DONE);
        assertThat(ImageIO.read(file.toFile())).isNotNull();
    }

    private ExitStatus generate(Object... words) {
        List<String> line = new ArrayList<>(List.of("generate", "-m", model.toString()));
        for (Object word : words) {
            line.add(word.toString());
        }
        return test.zigma(line.toArray(String[]::new));
    }

    private int[] samples(String name) throws IOException {
        return pixels(ImageIO.read(folder.resolve(name).toFile()));
    }

    private static int[] pixels(BufferedImage image) {
        return image.getRaster().getPixels(0, 0, image.getWidth(), image.getHeight(), (int[]) null);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
