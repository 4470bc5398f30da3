package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.condition.ByText;
import io.zigma.media.PngFile;
import io.zigma.text.FakeTextEncoder;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code zigma train} on pictures with captions, as a user types it. */
class CaptionTrainingCommandTest {

    @TempDir Path folder;
    private Path captioned;
    private Path plain;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeEach
    void writeData() throws IOException {
        captioned = Files.createDirectories(folder.resolve("captioned"));
        plain = Files.createDirectories(folder.resolve("plain"));
        for (int i = 0; i < 12; i++) {
            BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = image.createGraphics();
            graphics.setColor(i % 2 == 0 ? Color.RED : Color.BLUE);
            graphics.fillRect(i % 4, 0, 4, 8);
            graphics.dispose();
            ImageIO.write(image, "png", captioned.resolve(i + ".png").toFile());
            ImageIO.write(image, "png", plain.resolve(i + ".png").toFile());
            Files.writeString(
                    captioned.resolve(i + ".txt"), i % 2 == 0 ? "a red bar" : "a blue bar");
        }
    }

    private ExitStatus train(Path data, String run, String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "train",
                                "--data",
                                data.toString(),
                                "--out",
                                folder.resolve(run).toString(),
                                "--batch-size",
                                "4",
                                "--sample-every",
                                "0",
                                "--picture-cache",
                                "none",
                                "--caption-cache",
                                folder.resolve("texts").toString()));
        words.addAll(List.of(more));
        return test.zigma(words.toArray(String[]::new));
    }

    private ExitStatus begin(Path data, String run, String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "--image-size",
                                "8",
                                "--hidden-size",
                                "16",
                                "--depth",
                                "2",
                                "--steps",
                                "2"));
        words.addAll(List.of(more));
        return train(data, run, words.toArray(String[]::new));
    }

    private CheckpointFolder checkpoint(String run, int step) throws IOException {
        return CheckpointFolder.open(
                folder.resolve(run).resolve("checkpoints").resolve("0000000" + step));
    }

    @Test
    void aModelLearnsFromCaptionsGoesOnAndDraws() throws IOException {
        assertThat(
                        begin(
                                captioned,
                                "run",
                                "--text-encoder",
                                "fake",
                                "--text-tokens",
                                "9",
                                "--sample-every",
                                "2"))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(checkpoint("run", 2).config().textEncoder()).contains(FakeTextEncoder.FAKE);
        assertThat(checkpoint("run", 2).config().model().conditioning())
                .isEqualTo(new ByText(5, 9));
        assertThat(folder.resolve("run/samples/00000002.png")).isNotEmptyFile();
        assertThat(folder.resolve("texts")).isNotEmptyDirectory();
        assertThat(folder.resolve("run/captions")).doesNotExist();

        // the encoder is found by its content
        assertThat(train(captioned, "run", "--resume", "--steps", "4"))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(checkpoint("run", 4).config().textEncoder()).contains(FakeTextEncoder.FAKE);

        Path guided = folder.resolve("guided.png");
        List<String> generate =
                List.of(
                        "generate",
                        "-m",
                        folder.resolve("run").toString(),
                        "--guide",
                        checkpoint("run", 2).path().toString(),
                        "-p",
                        "a red bar",
                        "--steps",
                        "2",
                        "-o",
                        guided.toString());
        assertThat(test.zigma(generate.toArray(String[]::new))).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("--guide turns away from another model by --cfg-scale");
        List<String> stronger = new ArrayList<>(generate);
        stronger.addAll(List.of("--cfg-scale", "2"));
        assertThat(test.zigma(stronger.toArray(String[]::new)))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(PngFile.readText(guided)).containsEntry("guide", "00000002");

        Path picture = folder.resolve("bar.png");
        assertThat(
                        test.zigma(
                                "generate",
                                "-m",
                                folder.resolve("run").toString(),
                                "-p",
                                "a red bar",
                                "--steps",
                                "2",
                                "-o",
                                picture.toString()))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(picture).isNotEmptyFile();
    }

    @Test
    void aTextModelIsTunedOnCaptionsOfOnesOwn() throws IOException {
        begin(captioned, "run", "--text-encoder", "fake", "--text-heads", "1");
        String from = folder.resolve("run").toString();
        assertThat(train(captioned, "tuned", "--from", from, "--steps", "1"))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(checkpoint("tuned", 1).config().textEncoder()).contains(FakeTextEncoder.FAKE);
        assertThat(checkpoint("tuned", 1).config().model())
                .isEqualTo(checkpoint("run", 2).config().model());
        assertThat(
                        train(
                                captioned,
                                "other",
                                "--from",
                                from,
                                "--steps",
                                "1",
                                "--text-encoder",
                                "other-fake"))
                .isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("goes with the text encoder fake (111111111111…)");
        assertThat(train(plain, "bare", "--from", from, "--steps", "1"))
                .isNotEqualTo(ExitStatus.DONE);
        assertThat(test.err()).contains("plain has no captions; put a NAME.txt");
    }

    @Test
    void captionsThatNobodyReadsAreMentioned() {
        assertThat(begin(captioned, "run")).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(test.err())
                .contains("captioned has captions, which this model does not learn from")
                .contains("--text-encoder minilm-l6");
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "--text-tokens 9, add it",
        "--text-encoder fake --unconditional, leave one out",
        "--text-encoder fake --text-tokens 1, --text-tokens",
        "--text-encoder none-such, there is no text encoder 'none-such'",
        "--text-encoder fake --contrastive 1.5, --contrastive",
        "--contrastive 0.05 --prediction noise, contrast is between velocities",
        "--noise-choice 0, --noise-choice",
        "--optimizer sgd, --optimizer",
        "'--power-ema 0.05,x', --power-ema needs relative lengths",
        "--power-ema 0.3, between 0 and 0.2886"
    })
    void whatCannotBeMeantIsRefused(String options, String message) {
        assertThat(begin(captioned, "run", options.split(" ")))
                .as(test.err())
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains(message);
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void withoutCaptionsThereIsNothingForATextEncoderToRead() {
        assertThat(begin(plain, "run", "--text-encoder", "fake")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("plain has no captions for --text-encoder; put a NAME.txt");
    }

    @Test
    void aModelWithoutTextIsNotGivenAnEncoderLater() {
        begin(plain, "run");
        assertThat(train(plain, "run", "--resume", "--steps", "3", "--text-encoder", "fake"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("not conditioned on text, which cannot change");
    }

    @Test
    void theTricksGoTogetherAndTheLengthIsChosenAfterwards() throws IOException {
        assertThat(
                        begin(
                                captioned,
                                "run",
                                "--text-encoder",
                                "fake",
                                "--prediction",
                                "data",
                                "--optimizer",
                                "muon",
                                "--contrastive",
                                "0.05",
                                "--noise-choice",
                                "2",
                                "--power-ema",
                                "0.05,0.1",
                                "--snapshot-every",
                                "1"))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        Path made = folder.resolve("made");
        assertThat(
                        test.zigma(
                                "average",
                                "--run",
                                folder.resolve("run").toString(),
                                "--length",
                                "0.15",
                                "-o",
                                made.toString()))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(test.out()).contains(made.toString());
        assertThat(CheckpointFolder.open(made).config().textEncoder())
                .contains(FakeTextEncoder.FAKE);
        assertThat(
                        test.zigma(
                                "average",
                                "--run",
                                folder.resolve("run").toString(),
                                "--length",
                                "0.5",
                                "-o",
                                folder.resolve("none").toString()))
                .isEqualTo(ExitStatus.WRONG_USAGE);
    }
}
