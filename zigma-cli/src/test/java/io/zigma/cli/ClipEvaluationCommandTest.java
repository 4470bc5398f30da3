package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.media.MediaContent;
import io.zigma.media.MediaFormats;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of videos and clips of other programs, measured by a classifier of clips. */
class ClipEvaluationCommandTest {

    @TempDir static Path place;
    private static Path clips;
    private static Path run;
    private static Path classifier;

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeAll
    static void prepare() throws IOException {
        clips = write(place.resolve("clips"), 16, 0);
        run = place.resolve("run");
        classifier = place.resolve("classifier");
        done(
                "train --frames 4 --fps 10 --image-size 8 --hidden-size 8 --depth 1 --patch-size 4 --steps 1 --batch-size 2 --sample-every 0",
                "--data",
                clips,
                "--out",
                run);
        ConsoleOfTest console =
                done(
                        "train-classifier --frames 4 --fps 10 --image-size 8 --steps 3 --batch-size 4",
                        "--data",
                        clips,
                        "--out",
                        classifier);
        assertThat(console.err()).contains("32 clips of 4 frames of 8 × 8, 2 classes");
    }

    @Test
    void aModelOfVideosHasTheFiguresOfClips() throws IOException {
        Path page = folder.resolve("page.html");
        JsonObject json =
                json(
                        "evaluate --reference-split holdout -n 12 --seeds 1 --steps 2 --json",
                        "-m",
                        run,
                        "--data",
                        clips,
                        "--classifier",
                        classifier,
                        "--html",
                        page,
                        "--cache",
                        folder.resolve("cache"));
        for (String figure :
                List.of(
                        "frechet_distance",
                        "frame_frechet_distance",
                        "flicker",
                        "flicker_floor",
                        "memorised",
                        "class_agreement")) {
            assertThat(json.has(figure)).as(figure).isTrue();
        }
        assertThat(json.get("samples").getAsInt()).isEqualTo(12);
        assertThat(page).content().contains("flicker, of that of real clips");
        // frames are read at the rate that the run reads them
        assertThat(test.err()).contains("32 clips of 4 frames");
    }

    @Test
    void samplesAreStoredAndNotMadeAgain() throws IOException {
        Object[] words = {
            "-m", run, "--data", clips, "--classifier", classifier, "--cache", folder.resolve("c")
        };
        String line = "evaluate --reference-split holdout -n 12 --seeds 1 --steps 2 --json";
        JsonObject first = json(line, words);
        ConsoleOfTest again = done(line, words);
        assertThat(JsonParser.parseString(again.out())).isEqualTo(first);
        assertThat(again.err()).doesNotContain("0/12 clips");
    }

    @Test
    void clipsOfAnotherProgramAreMeasured() throws IOException {
        Path samples = write(folder.resolve("samples"), 8, 3);
        JsonObject json =
                json(
                        "evaluate --frames 4 --fps 10 --image-size 8 --reference-split holdout --json",
                        "--samples",
                        samples,
                        "--data",
                        clips,
                        "--classifier",
                        classifier,
                        "--cache",
                        folder.resolve("cache"));
        assertThat(json.get("samples").getAsInt()).isEqualTo(16);
        assertThat(json.get("flicker").getAsDouble()).isPositive();
    }

    @Test
    void whatDoesNotFitIsRefusedInOneLine() throws IOException {
        Path pictures = place.resolve("pictures");
        if (!Files.exists(pictures)) {
            done(
                    "train-classifier --image-size 8 --steps 1 --batch-size 4",
                    "--data",
                    clips,
                    "--out",
                    pictures);
        }
        refused(
                "takes pictures of 3 × 8 × 8, these are clips of 3 × 8 × 8 in 4 frames",
                "evaluate --reference-split holdout -n 10",
                "-m",
                run,
                "--data",
                clips,
                "--classifier",
                pictures);
        refused(
                "--features names a network of pictures, and these are clips",
                "evaluate --reference-split holdout -n 10 --features inception-v3",
                "-m",
                run,
                "--data",
                clips);
        refused(
                "i3d takes clips of at least 9 frames, and these have 4",
                "evaluate --reference-split holdout -n 10 --features i3d",
                "-m",
                run,
                "--data",
                clips);
        refused(
                "--frames must be that of the model, 4",
                "evaluate --reference-split holdout -n 10 --frames 8",
                "-m",
                run,
                "--data",
                clips,
                "--classifier",
                classifier);
        refused(
                "give the size that clips are brought to with --image-size",
                "evaluate --reference-split holdout --frames 4",
                "--samples",
                clips,
                "--data",
                clips,
                "--classifier",
                classifier);
        refused(
                "a classifier of noisy pictures takes no clips",
                "train-classifier --noisy --frames 4 --image-size 8 --steps 1",
                "--data",
                clips,
                "--out",
                folder.resolve("noisy"));
    }

    private void refused(String reason, String line, Object... more) {
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(console.zigma(words(line, more))).isNotEqualTo(ExitStatus.DONE);
        assertThat(console.err().lines().reduce("", (first, last) -> last))
                .startsWith("zigma: ")
                .contains(reason);
    }

    private JsonObject json(String line, Object... more) {
        assertThat(test.zigma(words(line, more))).as(test.err()).isEqualTo(ExitStatus.DONE);
        return JsonParser.parseString(test.out()).getAsJsonObject();
    }

    private static ConsoleOfTest done(String line, Object... more) {
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(console.zigma(words(line, more))).as(console.err()).isEqualTo(ExitStatus.DONE);
        return console;
    }

    private static String[] words(String line, Object... more) {
        return Stream.concat(Stream.of(line.split(" ", -1)), Stream.of(more).map(Object::toString))
                .toArray(String[]::new);
    }

    /** Writes clips of bars that go to the left or to the right. */
    private static Path write(Path folder, int each, int shade) throws IOException {
        Duration tenth = Duration.ofMillis(100);
        for (String name : List.of("left", "right")) {
            Files.createDirectories(folder.resolve(name));
            for (int i = 0; i < each; i++) {
                List<BufferedImage> frames = new ArrayList<>();
                for (int t = 0; t < 4; t++) {
                    BufferedImage frame = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
                    int bar = (name.equals("left") ? 16 + i - t : i + t) % 8;
                    for (int y = 0; y < 8; y++) {
                        frame.setRGB(bar, y, 0x4000ff + 0x0a00 * (i + shade));
                    }
                    frames.add(frame);
                }
                MediaFormats.APNG.write(
                        folder.resolve(name).resolve(i + ".apng"),
                        new MediaContent(frames, tenth, tenth, Map.of()));
            }
        }
        return folder;
    }
}
