package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;

import io.zigma.cli.terminal.ExitStatus;
import io.zigma.media.PngFile;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import javax.imageio.ImageIO;

/** {@code zigma generate} with prompts. */
class PromptCommandTest {

    @TempDir static Path shared;
    private static Path model;

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeAll
    static void writeAModel() throws IOException {
        model =
                TinyCheckpoint.withPrompts(
                        shared.resolve("crabs"), List.of("a blue crab", "a red crab"));
    }

    @Test
    void generatesSoManyPicturesOfEachPromptOneAfterTheOther() throws IOException {
        generate("-p", "a blue crab", "-p", "a red crab", "-n", "2", "-o", path("c_%d.png"));

        assertThat(Stream.of(0, 1, 2, 3).map(i -> recipe("c_" + i + ".png").get("prompt")))
                .containsExactly("a blue crab", "a blue crab", "a red crab", "a red crab");
        assertThat(Stream.of(0, 1, 2, 3).map(i -> recipe("c_" + i + ".png").get("seed")))
                .containsExactly("1", "2", "3", "4");
    }

    @Test
    void theRecipeInTheFileMakesTheSameFile() throws IOException {
        generate(
                "-p",
                "a blue crab",
                "--negative-prompt",
                "red",
                "--cfg-scale",
                "2",
                "-o",
                path("one.png"));
        Map<String, String> recipe = recipe("one.png");
        generate(
                "-p", recipe.get("prompt"),
                "--negative-prompt", recipe.get("negative_prompt"),
                "--cfg-scale", recipe.get("guidance_scale"),
                "-s", recipe.get("seed"),
                "-o", path("two.png"));
        assertThat(folder.resolve("two.png")).hasSameBinaryContentAs(folder.resolve("one.png"));
    }

    @Test
    void aPictureOfAGridIsTheOneThatItsPromptMakesAlone() throws IOException {
        generate("-p", "a blue crab", "-p", "a red crab", "-o", path("all_%d.png"));
        generate("-p", "a red crab", "-s", "2", "-o", path("alone_%d.png"));
        assertThat(folder.resolve("alone_0.png"))
                .hasSameBinaryContentAs(folder.resolve("all_1.png"));
    }

    @Test
    void aGridCarriesEachPromptOnALineOfItsOwn() {
        generate("-p", "a blue crab", "-p", "a red crab 猫", "-n", "2", "-o", path("grid.png"));
        assertThat(recipe("grid.png"))
                .containsEntry("prompt", "a blue crab\na red crab 猫")
                .containsEntry("count", "4");
    }

    @Test
    void readsPromptsFromAFileOneALine() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("prompts.txt"),
                        "\uFEFF# what to draw\r\n\r\n"
                                + "  a blue crab  \r\n"
                                + "\\#1 crab\r\n"
                                + "a red crab 100%");
        generate("-p", "first", "--prompts", file, "-o", path("%d.png"));
        assertThat(Stream.of(0, 1, 2, 3).map(i -> recipe(i + ".png").get("prompt")))
                .containsExactly("first", "a blue crab", "#1 crab", "a red crab 100%");
    }

    @Test
    void readsTheTextsOfJsonLines() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("prompts.jsonl"),
                        "{\"text\": \"a blue crab\", \"thing\": \"crab\"}\n"
                                + "{\"text\": \"a red crab\"}\n");
        generate("--prompts", file, "-o", path("%d.png"));
        assertThat(recipe("1.png")).containsEntry("prompt", "a red crab");
    }

    @Test
    void readsPromptsFromStandardInput() throws IOException {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream("a red crab\n".getBytes(StandardCharsets.UTF_8)));
        try {
            generate("--prompts", "-", "-o", path("%d.png"));
        } finally {
            System.setIn(before);
        }
        assertThat(recipe("0.png")).containsEntry("prompt", "a red crab");
    }

    @Test
    void refusesAFileOfPromptsThatIsNone() throws IOException {
        Path blank = Files.writeString(folder.resolve("blank.txt"), "\n# nothing\n");
        refused(ExitStatus.FAILED, "holds no prompt; write one a line", "--prompts", blank);
        refused(ExitStatus.FAILED, "does not exist", "--prompts", folder.resolve("none.txt"));
        refused(ExitStatus.FAILED, "is a folder", "--prompts", folder);
        Path latin = Files.write(folder.resolve("latin.txt"), new byte[] {'a', (byte) 0xe9, '\n'});
        refused(ExitStatus.FAILED, "is no text in UTF-8", "--prompts", latin);
        Path json =
                Files.writeString(folder.resolve("bad.jsonl"), "{\"text\": \"a\"}\n{\"txt\": 1}\n");
        refused(ExitStatus.FAILED, "line 2 of", "--prompts", json);
    }

    @Test
    void saysWhatAnEmptyPromptMeans() throws IOException {
        generate("-p", "", "-o", path("any.png"));
        assertThat(test.err()).contains("zigma: empty prompt: unconditional");
    }

    @Test
    void saysWhereALongPromptIsCut() throws IOException {
        generate("-p", "a red crab, a blue crab", "-o", path("long.png"));
        assertThat(test.err())
                .contains(
                        "a prompt of 9 tokens is cut to the model's 8, after 'a red crab, a blue'");
    }

    @Test
    void namesWordsThatMeanNothing() throws IOException {
        generate("-p", "a green crab 猫", "-o", path("green.png"));
        assertThat(test.err())
                .contains("the text encoder does not know '猫'")
                .contains("not in the captions that the model was trained on: 'green'");
    }

    @Test
    void saysNothingOfAPromptThatTheModelUnderstands() throws IOException {
        generate("-p", "a blue crab", "-o", path("blue.png"));
        assertThat(test.err()).doesNotContain("zigma:");
    }

    @Test
    void refusesATextModelWithoutAPrompt() {
        refused(
                ExitStatus.WRONG_USAGE,
                "is conditioned on text: describe the picture with --prompt TEXT");
        refused(ExitStatus.WRONG_USAGE, "in place of --class", "-c", "crab");
        refused(
                ExitStatus.WRONG_USAGE,
                "leave out --class or --prompt",
                "-c",
                "crab",
                "-p",
                "crab");
        refused(
                ExitStatus.WRONG_USAGE,
                "--negative-prompt goes with a prompt",
                "--negative-prompt",
                "red");
    }

    @Test
    void refusesAPromptOfAModelOfClasses() throws IOException {
        Path shoes = TinyCheckpoint.withClasses(folder.resolve("shoes"));
        ExitStatus status = test.zigma("generate", "-m", shoes.toString(), "-p", "a sandal");
        assertThat(status).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .contains("is not conditioned on text; leave out --prompt")
                .contains("choose a class with --class (Sandal, Ankle boot, Bag)")
                .hasLineCount(1);
    }

    @Test
    void refusesAPromptOfAModelWithoutACondition() throws IOException {
        Path any = TinyCheckpoint.unconditional(folder.resolve("any"));
        ExitStatus status = test.zigma("generate", "-m", any.toString(), "-p", "a sandal");
        assertThat(status).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).endsWith("is not conditioned on text; leave out --prompt\n");
    }

    @Test
    void refusesMorePicturesThanAnybodyMeans() {
        refused(
                ExitStatus.WRONG_USAGE,
                "60000 pictures of each of 2 prompts are more than 100000",
                "-p",
                "a",
                "-p",
                "b",
                "-n",
                "60000");
    }

    @Test
    void refusesAnEncoderThatIsNotHereOrNotTheModels() {
        refused(
                ExitStatus.FAILED,
                "there is no text encoder 'nowhere'",
                "-p",
                "a crab",
                "--text-encoder",
                "nowhere");
        refused(
                ExitStatus.FAILED,
                "was trained with the text encoder fake",
                "-p",
                "a crab",
                "--text-encoder",
                "other-fake");
    }

    @Test
    void takesTheEncoderThatIsNamedForAModelThatNamesNone() throws IOException {
        Path told = TinyCheckpoint.withTexts(folder.resolve("told"));
        ExitStatus status =
                test.zigma(
                        "generate",
                        "-m",
                        told.toString(),
                        "-p",
                        "hat",
                        "--text-encoder",
                        "fake",
                        "-s",
                        "1",
                        "-o",
                        path("hat.png"));
        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(recipe("hat.png"))
                .containsEntry("prompt", "hat")
                .containsEntry("text_encoder", "fake");
    }

    @Test
    void writesTheAttentionMapsOfEachWord() throws IOException {
        generate(
                "-p",
                "a blue crocodile",
                "-n",
                "2",
                "-o",
                path("c.png"),
                "--attention-maps",
                path("looked.png"));

        assertThat(test.out()).isEqualTo(path("c.png") + "\n" + path("looked.png") + "\n");
        BufferedImage drawing = ImageIO.read(folder.resolve("looked.png").toFile());
        // picture, a, blue, crocodile: 192 × 128 each; two rows
        assertThat(drawing.getWidth()).isEqualTo(10 + 4 * (192 + 10));
        assertThat(drawing.getHeight()).isGreaterThan(2 * 128);
        assertThat(recipe("looked.png")).containsEntry("prompt", "a blue crocodile");
        Set<Integer> colours = new TreeSet<>();
        for (int x = 0; x < 192; x++) {
            colours.add(drawing.getRGB(10 + 2 * 202 + x, 10 + 60));
        }
        assertThat(colours).as("a heat map is no even colour").hasSizeGreaterThan(20);
    }

    @Test
    void refusesAttentionMapsOfNoWords() throws IOException {
        Path shoes = TinyCheckpoint.withClasses(folder.resolve("shoes"));
        ExitStatus status =
                test.zigma("generate", "-m", shoes.toString(), "--attention-maps", path("a.png"));
        assertThat(status).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("is for the words of a prompt").hasLineCount(1);
        refused(
                ExitStatus.WRONG_USAGE,
                "should end in .png",
                "-p",
                "a crab",
                "--attention-maps",
                path("a.gif"));
        refused(
                ExitStatus.WRONG_USAGE,
                "is the file of the result itself",
                "-p",
                "a crab",
                "-o",
                path("a.png"),
                "--attention-maps",
                path("a.png"));
    }

    @Test
    void infoDescribesTheModelsText() {
        assertThat(test.zigma("info", "-m", model.toString())).isEqualTo(ExitStatus.DONE);
        assertThat(test.out())
                .contains("understands  text, tokens of 5 numbers, at most 8 a prompt")
                .contains("text encoder fake, SHA-256 " + "1".repeat(64))
                .contains("words        4 different ones in the captions")
                .contains("a, blue, crab, red")
                .doesNotContain("vocabulary");
        ConsoleOfTest json = ConsoleOfTest.plain();
        json.zigma("info", "-m", model.toString(), "--json");
        assertThat(
                        JsonParser.parseString(json.out())
                                .getAsJsonObject()
                                .getAsJsonObject("text_encoder")
                                .get("name")
                                .getAsString())
                .isEqualTo("fake");
    }

    @Test
    void exportRetainsTheEncoderAndTheWords() throws IOException {
        Path target = folder.resolve("exported");
        ExitStatus status = test.zigma("export", "-m", model.toString(), "-o", target.toString());
        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(test.zigma("verify", "-m", target.toString()))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(test.out()).contains("text encoder fake is here");
        ConsoleOfTest info = ConsoleOfTest.plain();
        info.zigma("info", "-m", target.toString());
        assertThat(info.out()).contains("text encoder fake", "a, blue, crab, red");
    }

    private void generate(Object... words) {
        ExitStatus status = zigma(words);
        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
    }

    private void refused(ExitStatus status, String why, Object... words) {
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(run(console, words)).isEqualTo(status);
        assertThat(console.err().lines().filter(line -> !line.startsWith("zigma: seed")))
                .singleElement()
                .asString()
                .contains(why);
    }

    private ExitStatus zigma(Object... words) {
        return run(test, words);
    }

    private static ExitStatus run(ConsoleOfTest console, Object... words) {
        List<String> line = new ArrayList<>(List.of("generate", "-m", model.toString()));
        if (Stream.of(words).noneMatch("-s"::equals)) {
            line.addAll(List.of("-s", "1"));
        }
        for (Object word : words) {
            line.add(word.toString());
        }
        return console.zigma(line.toArray(String[]::new));
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private Map<String, String> recipe(String name) {
        try {
            return PngFile.readText(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
