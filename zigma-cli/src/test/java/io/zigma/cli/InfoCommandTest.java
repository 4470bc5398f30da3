package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.cli.terminal.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InfoCommandTest {

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @Test
    void saysWhatTheModelIs() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("tiny"));

        assertThat(test.zigma("info", "-m", model.toString())).isEqualTo(ExitStatus.DONE);
        assertThat(test.out())
                .contains("parameters", "8 × 8, grey", "1 Ankle boot", "zigzag-8", "linear");
        assertThat(test.err()).isEmpty();
    }

    @Test
    void saysTheSameAsJson() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("tiny"));

        assertThat(test.zigma("info", "-m", model.toString(), "--json")).isEqualTo(ExitStatus.DONE);
        JsonObject json = JsonParser.parseString(test.out()).getAsJsonObject();
        assertThat(json.getAsJsonObject("sample").get("height").getAsInt()).isEqualTo(8);
        assertThat(json.get("parameters").getAsLong()).isPositive();
        assertThat(json.getAsJsonObject("conditioning").getAsJsonArray("classes")).hasSize(3);
        assertThat(json.getAsJsonObject("backbone").get("scan").getAsString())
                .isEqualTo("zigzag-8");
    }

    @Test
    void aStrangersLabelCannotMoveTheCursor() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder);
        Path config = model.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("Bag", "Bag\\u001b[2J\\n"));

        assertThat(test.zigma("info", "-m", model.toString())).isEqualTo(ExitStatus.DONE);
        assertThat(test.out()).contains("Bag\\u001b[2J\\u000a").doesNotContain("\u001b");
    }

    @Test
    void saysThatAnUnconditionalModelHasNoClasses() throws IOException {
        Path model = TinyCheckpoint.unconditional(folder.resolve("tiny"));

        assertThat(test.zigma("info", "-m", model.toString())).isEqualTo(ExitStatus.DONE);
        assertThat(test.out()).contains("none (unconditional)");
    }

    @Test
    void refusesAFolderThatIsNoCheckpoint() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"a\": 1}");

        assertThat(test.zigma("info", "-m", folder.toString())).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("config.json").hasLineCount(1);
    }

    @Test
    void refusesACheckpointWithoutWeights() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("tiny"));
        Files.delete(model.resolve("model.safetensors"));

        assertThat(test.zigma("info", "-m", model.toString())).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("model.safetensors").hasLineCount(1);
    }

    @Test
    void saysHowMuchTheModelComputes() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("tiny"));

        assertThat(test.zigma("info", "-m", model.toString())).isEqualTo(ExitStatus.DONE);
        assertThat(test.out()).contains("multiply-adds", "matrix products", "self-attention");
    }

    @Test
    void theFractionsOfTheOperationsAddUp() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("tiny"));

        test.zigma("info", "-m", model.toString(), "--json");
        JsonObject work =
                JsonParser.parseString(test.out()).getAsJsonObject().getAsJsonObject("operations");
        assertThat(work.get("multiply_adds").getAsLong())
                .isPositive()
                .isEqualTo(
                        work.get("matrix_products").getAsLong()
                                + work.get("convolution").getAsLong()
                                + work.get("scan").getAsLong()
                                + work.get("attention").getAsLong());
        JsonObject paper = work.getAsJsonObject("paper_complexity_of_a_layer");
        assertThat(paper.get("tokens").getAsInt()).isEqualTo(16);
    }

    @Test
    void drawsTheScanPathsOfACheckpoint() throws IOException {
        Path model = TinyCheckpoint.withClasses(folder.resolve("tiny"));
        Path file = folder.resolve("scan.png");

        assertThat(test.zigma("info", "-m", model.toString(), "--draw-scan", file.toString()))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(test.out().lines())
                .containsExactly("  1  layer 0 of 2", "  2  layer 1 of 2", file.toString());
        assertThat(ImageIO.read(file.toFile()).getWidth()).isBetween(300, 800);
    }

    @ParameterizedTest
    @CsvSource({
        "zigzag-8, 14x14, 8",
        "sweep, 5x7, 1",
        "hilbert-2, 8x8, 2",
        "random-3, 6x6, 3",
        "bidirectional, 4x4, 2",
        "parallel-8, 4x4, 8",
        "factorised-sst, 4x6x6, 10",
        "zigzag-8, 3x4x4, 8"
    })
    void drawsTheScanPathsOfAnyScheme(String scan, String grid, int paths) throws IOException {
        Path file = folder.resolve("scan.png");

        assertThat(
                        test.zigma(
                                "info",
                                "--scan",
                                scan,
                                "--grid",
                                grid,
                                "--draw-scan",
                                file.toString()))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(test.out().lines()).hasSizeGreaterThan(1);
        assertThat(ImageIO.read(file.toFile())).isNotNull();
        assertThat(test.out().lines().count() - 1).isEqualTo(paths);
    }

    @Test
    void doesNotReplaceAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("scan.png"), "mine");

        assertThat(test.zigma("info", "--scan", "sweep", "--draw-scan", file.toString()))
                .isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("--force").hasLineCount(1);
        assertThat(file).hasContent("mine");
    }

    @ParameterizedTest
    @CsvSource({
        "--scan zigzak-8 --draw-scan a.png, zigzak-8",
        "--scan zigzag-8 --grid 8 --draw-scan a.png, --grid",
        "--scan zigzag-8 --grid 0x8 --draw-scan a.png, --grid",
        "--draw-scan a.png, --scan",
        "--scan zigzag-8, --draw-scan",
        "--scan zigzag-8 --draw-scan a.png --json, --json",
        "-m b --scan zigzag-8 --draw-scan a.png, leave out"
    })
    void refusesAnImpossiblePicture(String words, String named) {
        assertThat(test.zigma(("info " + words).split(" "))).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains(named).hasLineCount(1);
    }
}
