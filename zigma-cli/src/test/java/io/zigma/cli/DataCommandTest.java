package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.terminal.ExitStatus;
import io.zigma.media.MediaContent;
import io.zigma.media.MediaFormats;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCommandTest {

    @TempDir Path place;

    @Test
    void aSetOfEmojiIsMadeAndReadAgainWithItsCaptions() throws IOException {
        ConsoleOfTest console = ConsoleOfTest.plain();
        Path out = place.resolve("emoji");
        assertThat(
                        console.zigma(
                                "data",
                                "emoji",
                                "--out",
                                out.toString(),
                                "--icons",
                                icons(),
                                "--size",
                                "16",
                                "--train",
                                "20",
                                "--test",
                                "4",
                                "--classifier",
                                "6"))
                .as(console.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(console.out()).isEqualTo(out + System.lineSeparator());
        assertThat(console.err())
                .contains("2 things in 8 drawings, of which 8 can have another colour")
                .contains("30/30 pictures");
        ConsoleOfTest training = ConsoleOfTest.plain();
        assertThat(
                        training.zigma(
                                "train",
                                "--data",
                                out.resolve("train").toString(),
                                "--out",
                                place.resolve("run").toString(),
                                "--image-size",
                                "16",
                                "--patch-size",
                                "4",
                                "--hidden-size",
                                "16",
                                "--depth",
                                "1",
                                "--steps",
                                "1",
                                "--batch-size",
                                "2",
                                "--picture-cache",
                                "none",
                                "--sample-every",
                                "0"))
                .as(training.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(training.err()).contains("20 pictures of 16 × 16, no classes, with captions");
        String run = place.resolve("run").toString();
        String exported = place.resolve("exported").toString();
        ConsoleOfTest exporting = ConsoleOfTest.plain();
        assertThat(exporting.zigma("export", "-m", run, "-o", exported))
                .as(exporting.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(Path.of(exported, "README.md"))
                .content()
                .contains("## Licences of the data", "### Emoji: where these pictures come from")
                .contains("Twitter, Inc", "Copyright (c) Microsoft Corporation");
        ConsoleOfTest info = ConsoleOfTest.plain();
        info.zigma("info", "-m", exported);
        assertThat(info.out())
                .containsPattern(
                        "licence: Emoji: where these pictures come from \\(\\d+ lines, in its README.md\\)")
                .doesNotContain("Permission");
    }

    @Test
    void onlyTheThingsOfAListAreDrawn() throws IOException {
        Path list = place.resolve("things.txt");
        Files.writeString(list, "\uFEFF# what I like\napple,\r\n\n apple # twice\n");
        Path out = place.resolve("apples");
        ConsoleOfTest console = ConsoleOfTest.plain();
        String[] making = {
            "data",
            "emoji",
            "--out",
            "" + out,
            "--things",
            "" + list,
            "--icons",
            icons(),
            "--size",
            "16",
            "--train",
            "9",
            "--test",
            "2",
            "--classifier",
            "0"
        };
        assertThat(console.zigma(making)).as(console.err()).isEqualTo(ExitStatus.DONE);
        assertThat(console.err()).contains("1 thing in 4 drawings");
        assertThat(Files.readAllLines(out.resolve("train").resolve("metadata.jsonl")))
                .hasSize(9)
                .allSatisfy(line -> assertThat(line).contains("\"thing\":\"apple\""));
        making[1] = "moving";
        making[3] = "" + place.resolve("moving");
        assertThat(console.zigma(making)).as(console.err()).isEqualTo(ExitStatus.DONE);
        assertThat(console.err()).contains("1 thing in 1 drawing");
    }

    @Test
    void aListOfThingsThatNamesSomethingElseIsRefusedWithTheWord() throws IOException {
        Map<String, String> refusals =
                Map.of(
                        "apple, crabb", "'crabb'; did you mean 'crab'?",
                        "Apple", "there is no drawing of 'Apple'",
                        "ice\ncream", "there is no drawing of 'ice'",
                        " ,\n# nothing\n", "names no thing; write one a line");
        Path list = place.resolve("things.txt");
        Path out = place.resolve("set");
        for (Map.Entry<String, String> refusal : refusals.entrySet()) {
            Files.writeString(list, refusal.getKey());
            assertThat(
                            refused(
                                    ExitStatus.WRONG_USAGE,
                                    "emoji",
                                    "--out",
                                    "" + out,
                                    "--things",
                                    "" + list))
                    .contains("things.txt", refusal.getValue());
        }
        assertThat(refused(ExitStatus.FAILED, "emoji", "--out", "" + out, "--things", "" + place))
                .contains(place + " is a folder, not a list of things");
        Files.write(list, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThat(refused(ExitStatus.FAILED, "moving", "--out", "" + out, "--things", "" + list))
                .contains("no text in UTF-8");
        assertThat(out).doesNotExist();
    }

    @Test
    void aSetOfMovingEmojiIsMadeAndTrainedOnWithItsCaptions() throws IOException {
        ConsoleOfTest console = ConsoleOfTest.plain();
        Path out = place.resolve("moving");
        String words =
                "data moving --size 16 --frames 8 --train 12 --test 4 --classifier 6 --styles flat,noto --icons "
                        + icons();
        String[] making =
                Stream.concat(words(words), Stream.of("--out", "" + out)).toArray(String[]::new);
        assertThat(console.zigma(making)).as(console.err()).isEqualTo(ExitStatus.DONE);
        assertThat(console.out()).isEqualTo(out + System.lineSeparator());
        assertThat(console.err()).contains("2 things in 4 drawings").contains("22/22 clips");
        ConsoleOfTest training = ConsoleOfTest.plain();
        String[] train =
                Stream.concat(
                                words(
                                        "train --frames 8 --image-size 16 --patch-size 4 --hidden-size 16 --depth 1 --steps 1 --batch-size 2 --sample-every 0"),
                                Stream.of(
                                        "--data",
                                        out.resolve("train").toString(),
                                        "--out",
                                        place.resolve("run").toString()))
                        .toArray(String[]::new);
        assertThat(training.zigma(train)).as(training.err()).isEqualTo(ExitStatus.DONE);
        assertThat(training.err())
                .contains("12 clips of 8 frames of 16 × 16, no classes, with captions");
    }

    @Test
    void halfOfTheClipsAreOfAnimatedEmojiWhereTheyAreNamed() throws IOException {
        Path animations = Files.createDirectories(place.resolve("package").resolve("assets"));
        List<BufferedImage> frames = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            BufferedImage frame = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
            frame.setRGB(0, 0, 64, 64, filled(0xffffff), 0, 64);
            frame.setRGB(4 + 8 * i, 8, 24, 48, filled(0xd02020), 0, 24);
            frames.add(frame);
        }
        Duration delay = Duration.ofMillis(50);
        try (OutputStream out = Files.newOutputStream(animations.resolve("1f980.png"))) {
            MediaFormats.APNG.write(out, new MediaContent(frames, delay, delay, Map.of()));
        }
        ConsoleOfTest console = ConsoleOfTest.plain();
        Path out = place.resolve("animated");
        String words =
                "data moving --size 16 --frames 8 --train 12 --test 0 --classifier 6 --icons "
                        + icons();
        String[] making =
                Stream.concat(
                                words(words),
                                Stream.of(
                                        "--animations",
                                        "" + place.resolve("package"),
                                        "--out",
                                        "" + out))
                        .toArray(String[]::new);
        assertThat(console.zigma(making)).as(console.err()).isEqualTo(ExitStatus.DONE);
        assertThat(console.err())
                .contains("1 of 1 emoji move")
                .contains("9 clips of the animations in " + place.resolve("package"));
        assertThat(out.resolve("train").resolve("metadata.jsonl"))
                .content()
                .contains("a crab, animated");
    }

    private static int[] filled(int colour) {
        int[] pixels = new int[64 * 64];
        Arrays.fill(pixels, colour);
        return pixels;
    }

    private static Stream<String> words(String line) {
        return Stream.of(line.split(" ", -1));
    }

    @Test
    void namesOfClassesBecomeCaptionsByATemplate() throws IOException {
        Path folder = Files.createDirectory(place.resolve("pets"));
        BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        for (String name : List.of("cat", "dog")) {
            Path file = Files.createDirectory(folder.resolve(name)).resolve("1.png");
            assertThat(ImageIO.write(picture, "png", file.toFile())).isTrue();
        }
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(train(console, "right", folder, "--caption-template", "a photo of a {}"))
                .as(console.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(console.err()).contains("2 pictures of 8 × 8, 2 classes, with captions");
        ConsoleOfTest wrong = ConsoleOfTest.plain();
        assertThat(train(wrong, "wrong", folder, "--caption-template", "a photo"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(wrong.err()).contains("--caption-template: a template needs {}");
    }

    private ExitStatus train(ConsoleOfTest console, String run, Path data, String... more) {
        Stream<String> words =
                Stream.of(
                        "train",
                        "--data",
                        data.toString(),
                        "--out",
                        place.resolve(run).toString(),
                        "--image-size",
                        "8",
                        "--patch-size",
                        "4",
                        "--hidden-size",
                        "16",
                        "--depth",
                        "1",
                        "--steps",
                        "1",
                        "--batch-size",
                        "2",
                        "--picture-cache",
                        "none",
                        "--sample-every",
                        "0");
        return console.zigma(Stream.concat(words, Stream.of(more)).toArray(String[]::new));
    }

    @Test
    void whatIsThereAlreadyIsLeftAsItIs() throws IOException {
        Path out = Files.createDirectory(place.resolve("mine"));
        assertThat(refused(ExitStatus.FAILED, "emoji", "--out", out.toString()))
                .contains("mine is there already, if empty; remove it or name another folder");
        Files.writeString(out.resolve("mine.txt"), "precious");
        assertThat(refused(ExitStatus.FAILED, "emoji", "--out", out.toString()))
                .contains("mine is there already; name another folder");
        assertThat(out.resolve("mine.txt")).hasContent("precious");
    }

    @Test
    void wrongWordsAreRefusedInOneLine() {
        assertThat(refused(ExitStatus.WRONG_USAGE))
                .contains("data needs the name of a data set that can be made: emoji, moving");
        assertThat(refused(ExitStatus.WRONG_USAGE, "emjoi", "--out", "x"))
                .contains("data makes no 'emjoi'; did you mean 'emoji'?");
        assertThat(refused(ExitStatus.WRONG_USAGE, "emoji")).contains("data needs --out DIR");
        assertThat(refused(ExitStatus.WRONG_USAGE, "emoji", "--out", "x", "--frames", "16"))
                .contains("--frames is for clips; 'data emoji' makes still pictures");
        assertThat(refused(ExitStatus.WRONG_USAGE, "emoji", "--out", "x", "--animations", "y"))
                .contains("--animations is for clips; 'data emoji' makes still pictures");
        assertThat(refused(ExitStatus.WRONG_USAGE, "moving", "--out", "x", "--animations", ""))
                .contains("--animations is empty; it needs a file or folder");
        assertThat(refused(ExitStatus.WRONG_USAGE, "moving", "--out", "x", "--steady"))
                .contains("--steady is for still pictures; 'data moving' makes clips");
        assertThat(refused(ExitStatus.WRONG_USAGE, "moving", "--out", "x", "--coloured", "1"))
                .contains("--coloured is for still pictures; 'data moving' makes clips");
        assertThat(refused(ExitStatus.WRONG_USAGE, "emoji", "--out", "x", "--coloured", "45"))
                .contains("--coloured", "0", "1", "45");
        assertThat(refused(ExitStatus.WRONG_USAGE, "moving", "--out", "x", "--frames", "4"))
                .contains("moving emoji can have 8 to 64 frames, not 4");
        assertThat(refused(ExitStatus.WRONG_USAGE, "moving", "--out", "x", "--styles", "fluemt"))
                .contains("--styles knows no 'fluemt'; did you mean 'fluent'?");
        assertThat(refused(ExitStatus.WRONG_USAGE, "emoji", "--out", "x", "--size", "8"))
                .contains("emoji can be 16 to 512 pixels large, not 8");
        assertThat(refused(ExitStatus.WRONG_USAGE, "emoji", "--out", "x", "--train", "-1"))
                .contains("--train needs a whole number");
        assertThat(refused(ExitStatus.WRONG_USAGE, "emoji", "--out", "x", "--train", "0"))
                .contains("half of the test pictures");
    }

    @Test
    void aFileThatHoldsNoIconsIsNamedAndNothingIsMade() throws IOException {
        Path text = Files.writeString(place.resolve("icons.jar"), "no zip");
        Path out = place.resolve("emoji");
        assertThat(
                        refused(
                                ExitStatus.FAILED,
                                "emoji",
                                "--out",
                                out.toString(),
                                "--icons",
                                text.toString()))
                .contains("icons.jar: is no jar that can be read");
        try (Stream<Path> left = Files.list(place)) {
            assertThat(left).containsExactly(text);
        }
    }

    private static String refused(ExitStatus status, String... words) {
        ConsoleOfTest console = ConsoleOfTest.plain();
        String[] all = Stream.concat(Stream.of("data"), Stream.of(words)).toArray(String[]::new);
        assertThat(console.zigma(all)).as(console.err()).isEqualTo(status);
        assertThat(console.err().lines()).hasSize(1);
        return console.err();
    }

    /** Writes a jar with two shapes of our own under the names of real icons. */
    private String icons() throws IOException {
        Path jar = place.resolve("icons.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String set : List.of("fluent-emoji", "fluent-emoji-flat", "noto", "twemoji")) {
                zip.putNextEntry(new ZipEntry("json/x/json/" + set + ".json"));
                zip.write(
                        """
                        {"icons":{"crab":{"body":"<circle cx='8' cy='8' r='7' fill='#d02020'/>"},
                        "red-apple":{"body":"<rect x='1' y='3' width='12' height='9' fill='#20a040'/>"}},
                        "chars":{"1f980":"crab"},"width":16,"height":16}"""
                                .getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return jar.toString();
    }
}
