package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.terminal.ExitStatus;
import io.zigma.io.SafetensorsType;
import io.zigma.io.SafetensorsWriter;
import io.zigma.media.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code zigma generate} with a text-conditional model. */
class TextGenerationTest {

    @TempDir static Path shared;
    private static Path model;
    private static Path tokens;

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeAll
    static void writeModelAndTokens() throws IOException {
        model = TinyCheckpoint.withTexts(shared.resolve("told"));
        tokens = tokens("tokens.safetensors", 5, true);
    }

    @Test
    void generatesOnePictureForEachText() throws IOException {
        ExitStatus status = generate("-s", "1", "-o", folder.resolve("%d.png"));

        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
        assertThat(PngFile.readText(folder.resolve("0.png")).get("text_sha256"))
                .hasSize(64)
                .isNotEqualTo(PngFile.readText(folder.resolve("1.png")).get("text_sha256"));
    }

    @Test
    void takesTheTextsInTurnForMorePictures() throws IOException {
        Path grid = folder.resolve("grid.png");
        assertThat(generate("-n", "3", "-s", "1", "-o", grid)).isEqualTo(ExitStatus.DONE);
        assertThat(PngFile.readText(grid))
                .containsEntry("text_sha256", "in turn")
                .containsEntry("count", "3");
    }

    @Test
    void followsTheTextHarderWithTheEmptyTextBesideIt() {
        ExitStatus status = generate("--cfg-scale", "3", "-s", "1", "-o", folder.resolve("a.png"));
        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
    }

    @Test
    void refusesGuidanceWithoutTheEmptyText() throws IOException {
        Path alone = tokens("alone.safetensors", 5, false);
        ExitStatus status =
                zigma("--text-tokens", alone, "--cfg-scale", "3", "-o", folder.resolve("a.png"));
        assertThat(status).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .contains("guidance 3 needs the empty text's tokens as tensor 'null'")
                .hasLineCount(1);
    }

    @Test
    void refusesAPromptWithoutATextEncoder() {
        assertThat(zigma("-p", "a red shoe")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .contains("does not contain the name of its text encoder")
                .contains("--text-encoder DIR", "--text-tokens FILE.safetensors")
                .hasLineCount(1);
    }

    @Test
    void refusesAPromptBesideTokens() {
        assertThat(generate("-p", "a red shoe")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("leave out --prompt or --text-tokens").hasLineCount(1);
    }

    @Test
    void refusesATextModelWithoutAText() {
        assertThat(zigma("-s", "1")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .contains("is conditioned on text: describe the picture with --prompt TEXT")
                .contains("or give tokens of 5 numbers with --text-tokens")
                .hasLineCount(1);
    }

    @Test
    void refusesAClassOfATextModel() {
        assertThat(zigma("-c", "shoe")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("in place of --class").hasLineCount(1);
    }

    @Test
    void refusesTokensOfAnotherEncoder() throws IOException {
        Path wide = tokens("wide.safetensors", 7, false);
        assertThat(zigma("--text-tokens", wide)).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("has tokens of 7 numbers", "takes 5").hasLineCount(1);
    }

    @Test
    void refusesTextsForAModelOfClasses() throws IOException {
        Path shoes = TinyCheckpoint.withClasses(folder.resolve("shoes"));
        ExitStatus status =
                test.zigma("generate", "-m", shoes.toString(), "--text-tokens", tokens.toString());
        assertThat(status).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .contains("is not conditioned on text; leave out --text-tokens")
                .hasLineCount(1);
    }

    @Test
    void infoSaysThatTheModelIsTextConditional() {
        assertThat(test.zigma("info", "-m", model.toString())).isEqualTo(ExitStatus.DONE);
        assertThat(test.out())
                .contains("understands  text, tokens of 5 numbers, at most 3 a prompt")
                .contains("not named: give it with --text-encoder");
    }

    private ExitStatus generate(Object... words) {
        return zigma(Stream.concat(Stream.of("--text-tokens", tokens), Stream.of(words)).toArray());
    }

    private ExitStatus zigma(Object... words) {
        List<String> line = new ArrayList<>(List.of("generate", "-m", model.toString()));
        for (Object word : words) {
            line.add(word.toString());
        }
        return test.zigma(line.toArray(String[]::new));
    }

    /** Writes two texts of three tokens. */
    private static Path tokens(String name, int size, boolean withEmptyText) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        writer.floats("texts", SafetensorsType.F32, new long[] {2, 3, size}, () -> ramp(6 * size));
        if (withEmptyText) {
            writer.floats(
                    "null", SafetensorsType.F32, new long[] {3, size}, () -> new float[3 * size]);
        }
        Path file = shared.resolve(name);
        writer.write(file);
        return file;
    }

    private static float[] ramp(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (i % 11 - 5) / 5f;
        }
        return values;
    }
}
