package io.zigma.cli;

import static io.zigma.cli.terminal.ExitStatus.DONE;
import static io.zigma.cli.terminal.ExitStatus.FAILED;
import static io.zigma.cli.terminal.ExitStatus.WRONG_USAGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.terminal.ExitStatus;
import io.zigma.io.ContentHash;
import io.zigma.media.GifWriter;
import io.zigma.media.PngFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code zigma generate} from a picture, and near and between pictures. */
class EditCommandTest {

    private static final int SIDE = 8;

    @TempDir static Path models;
    private static Path classes;
    private static Path prompts;
    private static Path unconditional;

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();
    private Path model = classes;
    private Path picture;
    private Path mask;

    @BeforeAll
    static void writeModels() throws IOException {
        classes = TinyCheckpoint.withClasses(models.resolve("shoes"));
        prompts = TinyCheckpoint.withPrompts(models.resolve("crabs"), List.of("a blue crab"));
        unconditional = TinyCheckpoint.unconditional(models.resolve("things"));
    }

    @BeforeEach
    void writePictures() throws IOException {
        picture = write("picture.png", noisy(1, SIDE, SIDE));
        mask = write("mask.png", rightHalf(SIDE, SIDE));
    }

    @Test
    void strengthZeroGivesThePictureBack() throws IOException {
        generate("-c", "bag", "--init-image", picture, "--strength", "0", "-o", file("out_%d.png"));

        assertThat(levels("out_0.png")).isEqualTo(levels("picture.png"));
    }

    @Test
    void moreStrengthChangesMore() throws IOException {
        generate("-c", "bag", "--init-image", picture, "--strength", "0.1", "-o", file("a%d.png"));
        generate("-c", "bag", "--init-image", picture, "--strength", "0.9", "-o", file("b%d.png"));

        assertThat(distance("a0.png", "picture.png"))
                .isPositive()
                .isLessThan(distance("b0.png", "picture.png"));
    }

    @Test
    void onlyWhatIsWhiteInTheMaskIsRepainted() throws IOException {
        generate("-c", "bag", "--init-image", picture, "--mask", mask, "-o", file("out_%d.png"));

        int[] before = levels("picture.png");
        int[] after = levels("out_0.png");
        int changed = 0;
        for (int i = 0; i < before.length; i++) {
            if (i % SIDE < SIDE / 2) {
                assertThat(after[i]).as("pixel %s", i).isEqualTo(before[i]);
            } else if (after[i] != before[i]) {
                changed++;
            }
        }
        assertThat(changed).as("of 32 white pixels").isGreaterThan(16);
    }

    @Test
    void aMaskMayHaveAnotherSizeOfTheSameShape() throws IOException {
        Path large = write("large.png", rightHalf(5 * SIDE, 5 * SIDE));
        Object[] words = {"-c", "bag", "-s", "7", "--init-image", picture};
        generate(words, "--mask", mask, "-o", file("a%d.png"));
        generate(words, "--mask", large, "-o", file("b%d.png"));

        assertThat(levels("b0.png")).isEqualTo(levels("a0.png"));
    }

    @Test
    void marginsArePaintedAroundThePicture() throws IOException {
        Path inside = write("inside.png", noisy(2, 4, SIDE));
        generate(
                "-c",
                "bag",
                "--init-image",
                inside,
                "--outpaint",
                "3,0,1,0",
                "-o",
                file("o%d.png"));

        BufferedImage result = ImageIO.read(folder.resolve("o0.png").toFile());
        assertThat(result.getRaster().getSamples(3, 0, 4, SIDE, 0, (int[]) null))
                .isEqualTo(levels("inside.png"));
    }

    @Test
    void anInversionWithTheSameClassGivesThePictureBack() throws IOException {
        Object[] words = {
            "--init-image",
            picture,
            "--invert",
            "--shows",
            "bag",
            "--sampler",
            "heun",
            "--steps",
            60
        };
        generate(words, "-c", "bag", "-o", file("same%d.png"));
        generate(words, "-c", "sandal", "-o", file("other%d.png"));

        // less than a level in 255 on the average
        assertThat(distance("same0.png", "picture.png")).isLessThan(1);
        assertThat(distance("other0.png", "picture.png"))
                .isGreaterThan(distance("same0.png", "picture.png"));
        assertThat(recipe("other0.png"))
                .containsEntry("class", "Sandal")
                .containsEntry("source_class", "Bag")
                .containsEntry("inverted", "true");
    }

    @Test
    void variationsAreOfOneSeed() throws IOException {
        generate("-c", "bag", "-s", "7", "-o", file("seed%d.png"));
        generate(
                "-c",
                "bag",
                "-s",
                "7",
                "--variations",
                "3",
                "--variation-strength",
                "0",
                "-o",
                file("same%d.png"));
        generate("-c", "bag", "-s", "7", "--variations", "3", "-o", file("near%d.png"));

        for (int i = 0; i < 3; i++) {
            assertThat(levels("same" + i + ".png")).isEqualTo(levels("seed0.png"));
            assertThat(recipe("near" + i + ".png"))
                    .containsEntry("seed", "7")
                    .containsEntry("variation_seed", Integer.toString(8 + i))
                    .containsEntry("variation_strength", "0.3");
        }
        assertThat(levels("near0.png")).isNotEqualTo(levels("near1.png"));
    }

    @Test
    void theFirstAndLastFramesAreTheTwoPictures() throws IOException {
        generate("-c", "bag", "-s", "7", "-o", file("first%d.png"));
        generate("-c", "sandal", "-s", "9", "-o", file("last%d.png"));
        Object[] words = {
            "-c", "bag", "--to", "sandal", "--interpolate", "7,9", "--frames", 4, "--scale", 1
        };
        generate(words, "-o", file("frame%d.png"));
        generate(words, "-o", file("morph.gif"));

        assertThat(levels("frame0.png")).isEqualTo(levels("first0.png"));
        assertThat(levels("frame3.png")).isEqualTo(levels("last0.png"));
        assertThat(frames("morph.gif")).isEqualTo(4);
        assertThat(GifWriter.readText(folder.resolve("morph.gif")))
                .containsEntry("seed", "7")
                .containsEntry("interpolation_seed", "9")
                .containsEntry("interpolation_class", "Sandal")
                .containsEntry("interpolation", "0,1")
                .containsEntry("count", "4");
    }

    @Test
    void goesFromOnePromptToAnother() throws IOException {
        model = prompts;
        generate("-p", "a blue crab", "-s", "7", "-o", file("first%d.png"));
        generate("-p", "a red crab", "-s", "7", "-o", file("last%d.png"));
        generate(
                "-p",
                "a blue crab",
                "--to",
                "a red crab",
                "-s",
                7,
                "--frames",
                3,
                "-o",
                file("f%d.png"));

        assertThat(levels("f0.png")).isEqualTo(levels("first0.png"));
        assertThat(levels("f2.png")).isEqualTo(levels("last0.png"));
    }

    @ParameterizedTest
    @CsvSource({
        "--strength 0.5, png",
        "--mask MASK, png",
        "--outpaint 2:2:2:2, png",
        "--invert --shows sandal, png",
        "--variations 3, png",
        "--mask MASK --variations 2, png",
        "--to sandal --frames 3, gif",
        "--to sandal --frames 3, png",
        "--strength 0.5, safetensors"
    })
    void theRecipeInTheFileMakesTheSameFile(String options, String ending) throws IOException {
        List<Object> words = new ArrayList<>(List.of("-c", "bag", "-s", "7"));
        boolean edits = !options.matches("--(to|variations).*");
        List<Object> sources = new ArrayList<>();
        if (edits) {
            sources.addAll(List.of("--init-image", picture));
        }
        for (String word : options.split(" ")) {
            if (word.equals("MASK")) {
                sources.addAll(List.of("--mask", mask));
            } else if (!word.equals("--mask")) {
                words.add(word.replace(':', ','));
            }
        }
        Path first = file("first." + ending);
        Path second = file("second." + ending);
        generate(words.toArray(), concat(sources, "-o", first));
        generate(new Object[] {"--recipe", first}, concat(sources, "-o", second));

        assertThat(second).hasSameBinaryContentAs(first);
    }

    @Test
    void aRecipeNamesPictureAndMaskByTheirHashes() throws IOException {
        generate("-c", "bag", "--init-image", picture, "--mask", mask, "-o", file("o.png"));

        assertThat(recipe("o.png"))
                .containsEntry("source_sha256", ContentHash.ofFile(picture))
                .containsEntry("mask_sha256", ContentHash.ofFile(mask));
    }

    @Test
    void anotherPictureMaskOrModelIsNotThatOfTheRecipe() throws IOException {
        Path made = file("o.png");
        Path other = write("other.png", noisy(3, SIDE, SIDE));
        generate("-c", "bag", "--init-image", picture, "--mask", mask, "-o", made);

        refused(
                "not the recipe's picture",
                "--recipe",
                made,
                "--init-image",
                other,
                "--mask",
                mask);
        refused(
                "not the recipe's mask",
                "--recipe",
                made,
                "--init-image",
                picture,
                "--mask",
                other);
        refused("needs its mask", "--recipe", made, "--init-image", picture);
        refused("needs its picture", "--recipe", made);
        refused("the recipe has its own seed", "--recipe", made, "-s", "7");
        refused("the recipe has its own strength", "--recipe", made, "--strength", "1");
        refused("no recipe in it", "--recipe", picture);
        model = unconditional;
        refused("not the recipe's model", "--recipe", made, "--init-image", picture);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-c bag --strength 0.5 | --strength needs --init-image",
                "-c bag --mask MASK | --mask needs --init-image",
                "-c bag --outpaint 1,1,1,1 | --outpaint needs --init-image",
                "-c bag --invert | --invert needs --init-image",
                "-c bag --init-image PICTURE --shows bag | --shows needs --invert",
                "-c bag --init-image PICTURE --invert | --invert needs --shows",
                "-c bag --init-image PICTURE --invert --shows hat | has no class 'hat'",
                "-c bag --init-image PICTURE --invert --shows bag --strength 1 | do not go together",
                "-c bag --init-image PICTURE --invert --shows bag --mask MASK | do not go together",
                "-c bag --init-image PICTURE --invert --shows bag --sampler sde-euler | adds no noise",
                "-c bag --init-image PICTURE --invert --shows bag --variations 3 | do not go together",
                "-c bag --init-image PICTURE --mask MASK --outpaint 1,1,1,1 | do not go together",
                "-c bag --init-image PICTURE --strength 1.5 | --strength needs a number from 0 to 1",
                "-c bag --init-image PICTURE --outpaint 1,2 | LEFT,TOP,RIGHT,BOTTOM",
                "-c bag --init-image PICTURE --outpaint 4,0,4,0 | leave nothing",
                "-c bag --init-image PICTURE --outpaint 0,0,0,0 | above 0",
                "-c bag --init-image PICTURE --mask WIDE | has the picture's shape",
                "-c bag --init-image PICTURE --strength 0.01 --sampler sde-euler | too little",
                "-c bag --variation-strength 1 | --variation-strength needs --variations",
                "-c bag --variations 2 -n 2 | do not go together",
                "-c bag --variations 2 --interpolate 1,2 | do not go together",
                "-c bag --frames 3 | --frames goes with",
                "-c bag --interpolate 1,2 --frames 1 | from 2 to 1000",
                "-c bag --interpolate 1,2 -s 3 | do not go together",
                "-c bag --interpolate 1 | two seeds",
                "-c bag --interpolate 1,b | two seeds",
                "--interpolate 1,2 | choose it with --class",
                "--variations 2 | choose it with --class",
                "-c bag --to hat | has no class 'hat'"
            })
    void badCombinationsAreRefusedInALine(String options, String why) throws IOException {
        Path wide = write("wide.png", noisy(4, 3 * SIDE, SIDE));
        Object[] words =
                Stream.of(options.split(" "))
                        .map(word -> word.equals("PICTURE") ? picture : word)
                        .map(word -> word.equals("MASK") ? mask : word)
                        .map(word -> word.equals("WIDE") ? wide : word)
                        .toArray();

        refused(why, words);
    }

    @Test
    void aFileThatIsNoPictureHasNoRecipe() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.png"), "not a picture at all");

        assertThat(run("--recipe", text)).isEqualTo(FAILED);
        assertThat(run("--recipe", file("no.png"))).isEqualTo(FAILED);

        assertThat(test.err()).contains("notes.png cannot be read", "no.png is not there");
        assertThat(test.err()).hasLineCount(2);
    }

    @Test
    void theAnimationOfAPictureThatComesBackShowsIt() throws IOException {
        generate(
                "-c",
                "bag",
                "--init-image",
                picture,
                "--strength",
                "0",
                "--gif",
                file("how.gif"),
                "-o",
                file("o.png"));

        assertThat(frames("how.gif")).isEqualTo(1);
    }

    @Test
    void aModelWithoutAConditionGoesNowhere() {
        model = unconditional;
        refused("is unconditional", "--to", "bag");
        refused("is unconditional", "--init-image", picture, "--invert", "--shows", "bag");
    }

    @Test
    void aModelWithoutAConditionInvertsToo() throws IOException {
        model = unconditional;
        generate("--init-image", picture, "--invert", "--steps", "200", "-o", file("o%d.png"));

        assertThat(distance("o0.png", "picture.png")).isLessThan(3);
    }

    @Test
    void aModelOfVideosIsRefused() throws IOException {
        model = TinyCheckpoint.ofVideos(folder.resolve("videos"));
        refused("makes videos", "--init-image", picture);
        refused("makes videos", "--interpolate", "1,2");
    }

    @Test
    void aPictureThatIsNoneOrNotThereFails() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.png"), "not a picture at all");

        assertThat(run("-c", "bag", "--init-image", text, "-o", file("o.png"))).isEqualTo(FAILED);
        assertThat(run("-c", "bag", "--init-image", file("no.png"), "-o", file("o.png")))
                .isEqualTo(FAILED);

        assertThat(test.err()).contains("notes.png: not a picture", "no.png does not exist");
        assertThat(file("o.png")).doesNotExist();
    }

    private void refused(String why, Object... words) {
        ConsoleOfTest console = ConsoleOfTest.plain();
        ExitStatus status = run(console, words);
        assertThat(status).as(console.err()).isEqualTo(WRONG_USAGE);
        assertThat(console.err().lines().filter(line -> !line.startsWith("zigma: seed")))
                .singleElement()
                .asString()
                .contains(why);
    }

    private void generate(Object... words) {
        assertThat(run(words)).as(test.err()).isEqualTo(DONE);
    }

    private void generate(Object[] words, Object... more) {
        generate(concat(List.of(words), more));
    }

    private static Object[] concat(List<Object> words, Object... more) {
        return Stream.concat(words.stream(), Arrays.stream(more)).toArray();
    }

    private ExitStatus run(Object... words) {
        return run(test, words);
    }

    private ExitStatus run(ConsoleOfTest console, Object... words) {
        List<String> line = new ArrayList<>(List.of("generate", "-m", model.toString()));
        for (Object word : words) {
            line.add(word.toString());
        }
        if (!line.contains("-o")) {
            line.addAll(List.of("-o", file("refused.png").toString()));
        }
        return console.zigma(line.toArray(String[]::new));
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private Map<String, String> recipe(String name) throws IOException {
        return PngFile.readText(folder.resolve(name));
    }

    private Path write(String name, BufferedImage image) throws IOException {
        PngFile.write(folder.resolve(name), image, Map.of());
        return folder.resolve(name);
    }

    private int[] levels(String name) throws IOException {
        BufferedImage image = ImageIO.read(folder.resolve(name).toFile());
        return image.getRaster()
                .getSamples(0, 0, image.getWidth(), image.getHeight(), 0, (int[]) null);
    }

    private double distance(String one, String other) throws IOException {
        int[] here = levels(one);
        int[] there = levels(other);
        double sum = 0;
        for (int i = 0; i < here.length; i++) {
            sum += Math.abs(here[i] - there[i]);
        }
        return sum / here.length;
    }

    private int frames(String name) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
        try (ImageInputStream in = ImageIO.createImageInputStream(folder.resolve(name).toFile())) {
            reader.setInput(in);
            return reader.getNumImages(true);
        } finally {
            reader.dispose();
        }
    }

    private static BufferedImage noisy(long seed, int width, int height) {
        SplittableRandom random = new SplittableRandom(seed);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < width * height; i++) {
            image.getRaster().setSample(i % width, i / width, 0, random.nextInt(256));
        }
        return image;
    }

    private static BufferedImage rightHalf(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < height; y++) {
            for (int x = width / 2; x < width; x++) {
                image.getRaster().setSample(x, y, 0, 255);
            }
        }
        return image;
    }
}
