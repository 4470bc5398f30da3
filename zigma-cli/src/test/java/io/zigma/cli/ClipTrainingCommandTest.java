package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.terminal.ExitStatus;
import io.zigma.media.MediaContent;
import io.zigma.media.MediaFormats;
import io.zigma.media.Mp4Writer;
import io.zigma.media.PngFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a folder of clips to a model and to videos that it makes. */
class ClipTrainingCommandTest {

    @TempDir static Path place;
    private static Path clips;
    private static Path run;

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeAll
    static void train() throws IOException {
        clips = place.resolve("clips");
        Duration tenth = Duration.ofMillis(100);
        for (String name : List.of("left/a.gif", "left/b.apng", "right/c.mp4", "right/d.gif")) {
            List<BufferedImage> frames = new ArrayList<>();
            for (int t = 0; t < 6; t++) {
                BufferedImage frame = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
                for (int y = 0; y < 8; y++) {
                    frame.setRGB(name.startsWith("left") ? 7 - t : t, y, 0x40ff40);
                }
                frames.add(frame);
            }
            Path file = clips.resolve(name);
            Files.createDirectories(file.getParent());
            MediaFormats.of(file)
                    .orElseThrow()
                    .write(file, new MediaContent(frames, tenth, tenth, Map.of()));
        }
        Files.writeString(clips.resolve("left/broken.gif"), "GIF89a");
        run = place.resolve("run");
        ConsoleOfTest first = ConsoleOfTest.plain();
        List<String> words =
                new ArrayList<>(
                        List.of("train", "--data", clips.toString(), "--out", run.toString()));
        words.addAll(List.of("--frames", "3", "--fps", "5", "--image-size", "8"));
        words.addAll(List.of("--scan", "factorised-st", "--temporal-positions"));
        words.addAll(List.of("--hidden-size", "8", "--depth", "2", "--patch-size", "4"));
        words.addAll(List.of("--steps", "2", "--batch-size", "2", "--sample-every", "0"));
        assertThat(first.zigma(words.toArray(String[]::new)))
                .as(first.err())
                .isEqualTo(ExitStatus.DONE);
        assertThat(first.err())
                .contains("4 clips of 3 frames of 8 × 8, 2 classes")
                .contains("broken.gif");
    }

    @Test
    void aResumedRunReadsClipsAsItDid() {
        assertThat(
                        test.zigma(
                                "train",
                                "--data",
                                clips.toString(),
                                "--out",
                                run.toString(),
                                "--resume"))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);

        assertThat(test.err()).contains("4 clips of 3 frames");
    }

    @Test
    void aRunThatIsResumedAtAnotherRateIsRefused() {
        assertThat(
                        test.zigma(
                                "train",
                                "--data",
                                clips.toString(),
                                "--out",
                                run.toString(),
                                "--resume",
                                "--steps",
                                "4",
                                "--fps",
                                "10"))
                .isNotEqualTo(ExitStatus.DONE);

        assertThat(test.err()).contains("other data");
    }

    @Test
    void theModelMakesVideosInEveryFormat() throws IOException {
        for (String ending : List.of("gif", "apng", "mp4", "zip", "png")) {
            Path file = folder.resolve("v." + ending);
            assertThat(
                            test.zigma(
                                    "generate",
                                    "-m",
                                    run.toString(),
                                    "-c",
                                    "left",
                                    "-s",
                                    "1",
                                    "--steps",
                                    "2",
                                    "--fps",
                                    "8",
                                    "--loop",
                                    "3",
                                    "-o",
                                    file.toString()))
                    .as(test.err())
                    .isEqualTo(ExitStatus.DONE);
            assertThat(file).isNotEmptyFile();
        }
        assertThat(Mp4Writer.readText(folder.resolve("v.mp4"))).containsEntry("seed", "1");
        assertThat(PngFile.readText(folder.resolve("v.apng"))).containsEntry("seed", "1");
        try (ZipFile zip = new ZipFile(folder.resolve("v.zip").toFile())) {
            assertThat(zip.stream().map(entry -> entry.getName()))
                    .containsExactly("0001.png", "0002.png", "0003.png");
        }
    }

    @Test
    void theRecipeInAnMp4MakesTheSameVideo() throws IOException {
        Path mp4 = folder.resolve("v.mp4");
        Path again = folder.resolve("again.mp4");
        test.zigma(
                "generate",
                "-m",
                run.toString(),
                "-c",
                "right",
                "-s",
                "7",
                "--steps",
                "2",
                "-o",
                mp4.toString());

        assertThat(
                        test.zigma(
                                "generate",
                                "-m",
                                run.toString(),
                                "--recipe",
                                mp4.toString(),
                                "-o",
                                again.toString()))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);

        assertThat(again).hasSameBinaryContentAs(mp4);
    }

    @Test
    void optionsOfClipsNeedTheNumberOfFrames() {
        assertThat(
                        test.zigma(
                                "train",
                                "--data",
                                clips.toString(),
                                "--out",
                                folder.resolve("x").toString(),
                                "--fps",
                                "8"))
                .isEqualTo(ExitStatus.WRONG_USAGE);

        assertThat(test.err()).contains("need --frames");
    }
}
