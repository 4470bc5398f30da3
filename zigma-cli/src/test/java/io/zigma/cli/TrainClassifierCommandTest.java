package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.cli.terminal.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainClassifierCommandTest {

    @TempDir static Path before;
    private static Path idx;
    private static Path classifier;

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeAll
    static void trainAClassifier() throws IOException {
        idx = TinyData.idx(before.resolve("idx"));
        classifier = before.resolve("classifier");
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(train(console, idx, classifier)).as(console.err()).isEqualTo(ExitStatus.DONE);
        assertThat(console.out().strip()).isEqualTo(classifier.toString());
        assertThat(console.err())
                .contains("every tenth picture is held out", "step 2: right on", "2/2 steps");
    }

    @Test
    void infoDescribesIt() {
        assertThat(test.zigma("info", "-m", classifier.toString())).isEqualTo(ExitStatus.DONE);
        assertThat(test.out())
                .contains("takes pictures and makes none", "8 × 8, grey", "pictures: 1", "SHA-256");
    }

    @Test
    void infoGivesTheSameAsJson() {
        assertThat(test.zigma("info", "-m", classifier.toString(), "--json"))
                .isEqualTo(ExitStatus.DONE);
        JsonObject json = JsonParser.parseString(test.out()).getAsJsonObject();
        assertThat(json.get("format").getAsString()).isEqualTo("zigma-classifier");
        assertThat(json.getAsJsonObject("training").get("command").getAsString())
                .startsWith("zigma train-classifier --data");
    }

    @Test
    void nothingCanBeGeneratedFromIt() {
        ExitStatus status =
                test.zigma("generate", "-m", classifier.toString(), "-o", folder + "/x.png");

        assertThat(status).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("holds a classifier", "makes none").hasLineCount(1);
    }

    @Test
    void measuresOnOtherPicturesWhenTheyAreGiven() throws IOException {
        Path pictures = TinyData.pictures(before.resolve("pictures"));

        ExitStatus status =
                train(
                        test,
                        pictures,
                        folder.resolve("classifier"),
                        "--test-data",
                        pictures.toString(),
                        "--image-size",
                        "9");

        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(folder.resolve("classifier").resolve("README.md"))
                .content()
                .contains("12 pictures");
    }

    @Test
    void goesOnFromAnEarlierClassifier() throws IOException {
        Path target = folder.resolve("classifier");

        assertThat(train(test, idx, target, "--from", classifier.toString()))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(target.resolve("config.json")).content().contains("started_from");
    }

    @Test
    void replacesAClassifierOnlyWhenForced() throws IOException {
        Path target = folder.resolve("classifier");
        train(test, idx, target);
        assertThat(train(test, idx, target)).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("holds a classifier already", "--force");
        assertThat(train(test, idx, target, "--force")).isEqualTo(ExitStatus.DONE);
    }

    @Test
    void neverWritesOverSomethingElse() throws IOException {
        Files.writeString(folder.resolve("thesis.txt"), "mine");

        assertThat(train(test, idx, folder, "--force")).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err()).contains("something else").hasLineCount(1);
    }

    @Test
    void takesStepsOrEpochsNotBoth() {
        assertThat(train(test, idx, folder.resolve("classifier"), "--epochs", "1"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("--epochs", "--steps").hasLineCount(1);
    }

    private static ExitStatus train(ConsoleOfTest console, Path data, Path out, String... more) {
        List<String> words = new ArrayList<>(List.of("train-classifier", "--data"));
        words.addAll(List.of(data.toString(), "--out", out.toString(), "--steps", "2"));
        words.addAll(List.of("--batch-size", "4"));
        words.addAll(List.of(more));
        return console.zigma(words.toArray(String[]::new));
    }
}
