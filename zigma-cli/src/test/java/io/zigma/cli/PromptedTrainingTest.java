package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.terminal.ExitStatus;
import io.zigma.media.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From captioned pictures to pictures from prompts, by the command line alone. */
class PromptedTrainingTest {

    @TempDir static Path shared;
    private static Path run;

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeAll
    static void train() throws IOException {
        Path classes = FlatColours.write(shared.resolve("classes"), List.of("red", "blue"), 3, 1);
        Path data = Files.createDirectories(shared.resolve("data"));
        for (String colour : List.of("red", "blue")) {
            for (int i = 0; i < 3; i++) {
                Files.copy(
                        classes.resolve(colour).resolve("0" + i + ".png"),
                        data.resolve(colour + i + ".png"));
                Files.writeString(
                        data.resolve(colour + i + ".txt"), "a %s Crab\n".formatted(colour));
            }
        }
        run = shared.resolve("run");
        ConsoleOfTest console = ConsoleOfTest.plain();
        ExitStatus trained =
                console.zigma(
                        "train",
                        "--data",
                        data.toString(),
                        "--out",
                        run.toString(),
                        "--text-encoder",
                        "fake",
                        "--image-size",
                        "8",
                        "--patch-size",
                        "4",
                        "--hidden-size",
                        "8",
                        "--depth",
                        "1",
                        "--steps",
                        "2",
                        "--batch-size",
                        "2",
                        "--sample-every",
                        "2",
                        "--sample-steps",
                        "1",
                        "--threads",
                        "1");
        assertThat(trained).as(console.err()).isEqualTo(ExitStatus.DONE);
    }

    @Test
    void theCheckpointHasTheWordsOfTheCaptions() {
        assertThat(test.zigma("info", "-m", run.toString())).isEqualTo(ExitStatus.DONE);
        assertThat(test.out())
                .contains("understands  text, tokens of 5 numbers")
                .contains("text encoder fake")
                .contains("4 different ones in the captions")
                .contains("a, blue, crab, red");
    }

    @Test
    void aPromptOfItsWordsIsDrawnWithoutAWord() throws IOException {
        Path file = folder.resolve("crab.png");
        ExitStatus status = generate("a red crab", file);
        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(PngFile.readText(file)).containsEntry("prompt", "a red crab");
        assertThat(test.err()).doesNotContain("zigma: not in the captions");
    }

    @Test
    void aWordThatNoCaptionHasIsNamed() {
        assertThat(generate("a red walrus", folder.resolve("walrus.png")))
                .isEqualTo(ExitStatus.DONE);
        assertThat(test.err())
                .contains("not in the captions that the model was trained on: 'walrus'");
    }

    private ExitStatus generate(String prompt, Path file) {
        return test.zigma(
                "generate",
                "-m",
                run.toString(),
                "-p",
                prompt,
                "-s",
                "1",
                "--steps",
                "1",
                "-o",
                file.toString());
    }
}
