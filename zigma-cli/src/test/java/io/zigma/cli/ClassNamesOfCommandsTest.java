package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.cli.terminal.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classes whose names differ in little, or are numbers, in every command that takes names. */
class ClassNamesOfCommandsTest {

    private static final List<String> LETTERS = List.of("A", "B", "a", "b");

    @TempDir static Path shared;
    private static Path letters;
    private static Path classifier;

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeAll
    static void prepare() throws IOException {
        letters = TinyCheckpoint.of(shared.resolve("letters"), LETTERS);
        FlatColours.write(shared.resolve("train"), LETTERS, 12, 1);
        FlatColours.write(shared.resolve("test"), LETTERS, 12, 2);
        classifier = shared.resolve("classifier");
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(
                        console.zigma(
                                "train-classifier",
                                "--data",
                                shared.resolve("train").toString(),
                                "--test-data",
                                shared.resolve("test").toString(),
                                "--image-size",
                                "8",
                                "--channels",
                                "3",
                                "--steps",
                                "60",
                                "--batch-size",
                                "16",
                                "--shift",
                                "0",
                                "--out",
                                classifier.toString()))
                .as(console.err())
                .isEqualTo(ExitStatus.DONE);
    }

    @Test
    void everyLetterIsGeneratedAsItsOwnClass() throws IOException {
        List<byte[]> pictures = new ArrayList<>();
        for (String letter : LETTERS) {
            pictures.add(generate(letters, letter));
        }
        for (int i = 0; i < pictures.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertThat(Arrays.equals(pictures.get(i), pictures.get(j)))
                        .as("%s is %s", LETTERS.get(i), LETTERS.get(j))
                        .isFalse();
            }
        }
    }

    private byte[] generate(Path model, String letter) throws IOException {
        Path file = folder.resolve("%s_%s.png".formatted(letter, LETTERS.indexOf(letter)));
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(
                        console.zigma(
                                "generate",
                                "-m",
                                model.toString(),
                                "-c",
                                letter,
                                "-s",
                                "3",
                                "--no-metadata",
                                "-o",
                                file.toString()))
                .as(console.err())
                .isEqualTo(ExitStatus.DONE);
        return Files.readAllBytes(file);
    }

    @Test
    void aLetterThatCouldBeTwoIsRefusedWithBoth() throws IOException {
        Path model = TinyCheckpoint.of(folder.resolve("m"), List.of("a-b", "a_b", "c"));
        assertRefused("A-B", model, "class 'A-B' could be 'a-b' or 'a_b'");
    }

    @Test
    void aNumberThatIsNoNameIsNoPositionAmongNumbers() throws IOException {
        Path sorted = TinyCheckpoint.of(folder.resolve("s"), List.of("0", "1", "10", "11", "2"));
        assertRefused("3", sorted, "has no class '3' (it has 0, 1, 10, 11, 2, by name only)");
        Path oneToNine =
                TinyCheckpoint.of(
                        folder.resolve("n"),
                        IntStream.rangeClosed(1, 9).mapToObj(Integer::toString).toList());
        assertRefused("0", oneToNine, "has no class '0'");
        Path fromOne = TinyCheckpoint.of(folder.resolve("o"), List.of("class_1", "class_2"));
        assertRefused(
                "1",
                fromOne,
                "class '1' could be 'class_2' by its position or 'class_1' by its name");
        Path birds = TinyCheckpoint.of(folder.resolve("b"), List.of("001.Albatross", "002.Auklet"));
        assertRefused(
                "1", birds, "has no class '1' (it has 001.Albatross, 002.Auklet, by name only)");
    }

    private void assertRefused(String given, Path model, String message) {
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(
                        console.zigma(
                                "generate",
                                "-m",
                                model.toString(),
                                "-c",
                                given,
                                "-o",
                                folder.resolve("x.png").toString()))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(console.err()).contains(message).hasLineCount(1);
    }

    @Test
    void aClassifierAgreesWithTheRealPicturesOfEveryLetter() throws IOException {
        JsonObject json = evaluate(shared.resolve("train"), shared.resolve("test"));
        assertThat(json.get("class_agreement_floor").getAsDouble()).isEqualTo(1);
        assertThat(json.getAsJsonObject("class_agreement_by_class").keySet())
                .containsExactlyElementsOf(LETTERS);
        assertThat(json.getAsJsonObject("conditions").get("class_weights").getAsString())
                .isEqualTo("[1, 1, 1, 1]");
    }

    @Test
    void classesOfOtherNamesAreRefusedWithBothLists() throws IOException {
        Path data = FlatColours.write(folder.resolve("d"), List.of("red", "blue"), 6, 3);
        assertThat(test.zigma(words(data, data))).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err())
                .contains("d has the classes blue, red, the model A, B, a, b", "--classes equal");
    }

    @Test
    void theTestPicturesOfAClassifierMayLackAClassButHaveNoOther() throws IOException {
        Path some = FlatColours.write(folder.resolve("some"), List.of("b", "A"), 6, 4);
        assertThat(train(some, "c1")).as(test.err()).isEqualTo(ExitStatus.DONE);
        Path other = FlatColours.write(folder.resolve("other"), List.of("b", "C"), 6, 4);
        assertThat(train(other, "c2")).isEqualTo(ExitStatus.FAILED);
        assertThat(test.err())
                .contains("train has the classes A, B, a, b, the test pictures other have C, b");
    }

    private ExitStatus train(Path testData, String out) {
        return test.zigma(
                "train-classifier",
                "--data",
                shared.resolve("train").toString(),
                "--test-data",
                testData.toString(),
                "--image-size",
                "8",
                "--steps",
                "1",
                "--batch-size",
                "4",
                "--out",
                folder.resolve(out).toString());
    }

    private JsonObject evaluate(Path data, Path testData) {
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(console.zigma(words(data, testData)))
                .as(console.err())
                .isEqualTo(ExitStatus.DONE);
        return JsonParser.parseString(console.out()).getAsJsonObject();
    }

    private String[] words(Path data, Path testData) {
        return new String[] {
            "evaluate",
            "-m",
            letters.toString(),
            "--data",
            data.toString(),
            "--test-data",
            testData.toString(),
            "--classifier",
            classifier.toString(),
            "--cache",
            folder.resolve("cache").toString(),
            "-n",
            "16",
            "--seeds",
            "1",
            "--json"
        };
    }

    @Test
    void aRunFromACheckpointNamesTheClassesThatItDoesNotHave() throws IOException {
        Path data = FlatColours.write(folder.resolve("data"), List.of("a", "C"), 6, 5);
        ExitStatus status =
                test.zigma(
                        "train",
                        "--data",
                        data.toString(),
                        "--from",
                        letters.toString(),
                        "--steps",
                        "1",
                        "--batch-size",
                        "2",
                        "--sample-every",
                        "0",
                        "--out",
                        folder.resolve("run").toString());
        assertThat(status).as(test.err()).isEqualTo(ExitStatus.DONE);
        assertThat(test.err())
                .contains("does not have start from random embeddings: C (it has A, B, a, b)");
    }

    @Test
    void infoNumbersOnlyClassesThatCanBeAskedForByNumber() throws IOException {
        assertThat(info(List.of("black & white", "\u03a9, two", "\u732b")))
                .contains("classes      0 black & white, 1 \"\u03a9, two\", 2 \u732b\n");
        assertThat(info(List.of("0", "1", "10", "11", "2")))
                .contains("classes      0, 1, 10, 11, 2\n");
    }

    @Test
    void infoBreaksALongListBetweenItsNames() throws IOException {
        List<String> names =
                IntStream.range(0, 256).mapToObj("class of things %03d"::formatted).toList();
        String text = info(names);
        assertThat(text).contains("classes      256\n", "255 class of things 255\n");
        assertThat(text.lines().filter(line -> line.contains("class of things")))
                .hasSizeGreaterThan(50)
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @Test
    void infoGivesTheRangeOfNumbersWithoutGaps() throws IOException {
        List<String> sortedAsText =
                IntStream.range(0, 256).mapToObj(Integer::toString).sorted().toList();
        assertThat(info(sortedAsText)).contains("classes      256, all numbers from 0 to 255\n");
    }

    private String info(List<String> names) throws IOException {
        Path model = TinyCheckpoint.of(folder.resolve("m" + names.hashCode()), names);
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(console.zigma("info", "-m", model.toString())).isEqualTo(ExitStatus.DONE);
        return console.out().replace(System.lineSeparator(), "\n");
    }
}
