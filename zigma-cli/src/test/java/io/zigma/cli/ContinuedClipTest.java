package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.io.ContentHash;
import io.zigma.media.GifWriter;
import io.zigma.media.MediaContent;
import io.zigma.media.MediaFormats;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code generate --init-clip}: a user's clip goes on; the model makes three frames of 4 × 6. */
class ContinuedClipTest {

    @TempDir static Path models;
    private static Path model;

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeAll
    static void writeModel() throws IOException {
        model = TinyCheckpoint.ofVideos(models.resolve("clips"));
    }

    @Test
    void theClipIsTheBeginningPixelForPixelAndNewFramesFollow() throws IOException {
        Path clip = clip("clip.apng", 5, 0);
        List<List<Integer>> frames = frames("more", "--init-clip", clip, "--extend", 4);
        assertThat(frames).hasSize(9);
        for (int i = 0; i < 5; i++) {
            assertThat(frames.get(i)).as("frame %s", i).isEqualTo(pixels(frame(i, 0)));
        }
        assertThat(frames.subList(5, 9)).doesNotHaveDuplicates();
        assertThat(frames.subList(5, 9)).doesNotContainAnyElementsOf(frames.subList(0, 5));
    }

    @Test
    void whatFollowsDependsOnTheLastFramesAndTheSeedAlone() throws IOException {
        Path one = clip("one.apng", 5, 0);
        // the same last frame after two others
        Path other = write("other.apng", List.of(frame(7, 9), frame(8, 9), frame(4, 0)));
        List<List<Integer>> first = last(4, "a", one, "-s", 3);
        assertThat(last(4, "b", other, "-s", 3)).isEqualTo(first);
        assertThat(last(4, "c", one, "-s", 4)).isNotEqualTo(first);
        assertThat(last(4, "d", clip("two.apng", 5, 1), "-s", 3)).isNotEqualTo(first);
        assertThat(last(4, "e", one, "-s", 3, "--overlap", 2)).isNotEqualTo(first);
    }

    private List<List<Integer>> last(int count, String name, Path clip, Object... more)
            throws IOException {
        List<Object> words = new ArrayList<>(List.of("--init-clip", clip, "--extend", count));
        words.addAll(Arrays.asList(more));
        List<List<Integer>> frames = frames(name, words.toArray());
        return frames.subList(frames.size() - count, frames.size());
    }

    @Test
    void aVideoOfTheModelGoesOnAsByExtendButForTheRoundingOfItsFrames() throws IOException {
        generate("-s", 3, "--steps", 4, "-o", folder.resolve("own_%d.apng"));
        List<List<Integer>> longer =
                frames("longer", "-s", 3, "--steps", 4, "--extend", 2, "--overlap", 1);
        List<List<Integer>> again =
                frames(
                        "again",
                        "-s",
                        3,
                        "--steps",
                        4,
                        "--extend",
                        2,
                        "--overlap",
                        1,
                        "--init-clip",
                        folder.resolve("own_0.apng"));
        assertThat(again.subList(0, 3)).isEqualTo(longer.subList(0, 3));
        int most = 0;
        for (int i = 3; i < 5; i++) {
            for (int k = 0; k < again.get(i).size(); k++) {
                for (int shift = 0; shift < 24; shift += 8) {
                    int a = again.get(i).get(k) >> shift & 0xff;
                    int b = longer.get(i).get(k) >> shift & 0xff;
                    most = Math.max(most, Math.abs(a - b));
                }
            }
        }
        assertThat(most).as("levels between them").isLessThanOrEqualTo(2);
    }

    @Test
    void severalVideosGoOnFromTheSameClipEachAsAlone() throws IOException {
        Path clip = clip("clip.apng", 4, 0);
        generate(
                "-n",
                3,
                "-s",
                3,
                "--init-clip",
                clip,
                "--extend",
                4,
                "-o",
                folder.resolve("all_%d.gif"));
        generate("-s", 5, "--init-clip", clip, "--extend", 4, "-o", folder.resolve("alone_%d.gif"));
        assertThat(folder.resolve("all_2.gif"))
                .hasSameBinaryContentAs(folder.resolve("alone_0.gif"));
    }

    @Test
    void aPictureIsAClipOfOneFrame() throws IOException {
        Path picture = folder.resolve("picture.png");
        ImageIO.write(frame(2, 0), "png", picture.toFile());
        List<List<Integer>> frames =
                frames("moved", "--init-clip", picture, "--extend", 2, "--overlap", 1);
        assertThat(frames).hasSize(3);
        assertThat(frames.get(0)).isEqualTo(pixels(frame(2, 0)));
    }

    @Test
    void framesAreTakenAtTheRateThatIsAskedForElseAtThatOfTheTraining() throws IOException {
        Path clip = clip("clip.apng", 6, 0); // ten frames a second
        assertThat(frames("own", "--init-clip", clip, "--extend", 1)).hasSize(7);
        assertThat(frames("half", "--init-clip", clip, "--extend", 1, "--init-fps", 5)).hasSize(4);

        Path trained = models.resolve("trained");
        if (!Files.exists(trained)) {
            TinyCheckpoint.ofVideos(trained);
            Path config = trained.resolve("config.json");
            JsonObject json = JsonParser.parseString(Files.readString(config)).getAsJsonObject();
            JsonObject data = new JsonObject();
            data.addProperty(
                    "clips", "frames=3 fps=0.0 stride=3 short=loop clips=files source-fps=10.0");
            json.add("data", data);
            Files.writeString(config, json.toString());
        }
        List<List<Integer>> third = framesOf(trained, "third", "--init-clip", clip, "--extend", 1);
        assertThat(third.subList(0, 2))
                .isEqualTo(List.of(pixels(frame(0, 0)), pixels(frame(3, 0))));
        assertThat(third).hasSize(3);
        assertThat(framesOf(trained, "all", "--init-clip", clip, "--extend", 1, "--init-fps", 0))
                .hasSize(7);
    }

    @Test
    void theRecipeNamesTheClipAndMakesTheSameVideoAgain() throws IOException {
        Path clip = clip("clip.apng", 6, 0);
        generate(
                "-s",
                3,
                "--steps",
                3,
                "--init-clip",
                clip,
                "--init-fps",
                5,
                "--extend",
                4,
                "--overlap",
                2,
                "-o",
                folder.resolve("first_%d.gif"));
        Path made = folder.resolve("first_0.gif");
        assertThat(GifWriter.readText(made))
                .containsEntry("extend", "4")
                .containsEntry("overlap", "2")
                .containsEntry("clip_sha256", ContentHash.ofFile(clip))
                .containsEntry("clip_fps", "5");
        generate("--recipe", made, "--init-clip", clip, "-o", folder.resolve("again_%d.gif"));
        assertThat(folder.resolve("again_0.gif")).hasSameBinaryContentAs(made);

        refused(
                ExitStatus.WRONG_USAGE,
                "the recipe needs its clip to go on from",
                "--recipe",
                made);
        refused(
                ExitStatus.WRONG_USAGE,
                "is not the recipe's clip to go on from",
                "--recipe",
                made,
                "--init-clip",
                clip("another.apng", 6, 2));
        refused(
                ExitStatus.WRONG_USAGE,
                "the recipe has its own init-fps",
                "--recipe",
                made,
                "--init-clip",
                clip,
                "--init-fps",
                5);
    }

    @Test
    void whatCannotGoOnIsRefusedInOneLine() throws IOException {
        Path clip = clip("clip.apng", 4, 0);
        refused(ExitStatus.WRONG_USAGE, "--init-clip needs --extend N", "--init-clip", clip);
        refused(
                ExitStatus.WRONG_USAGE,
                "--init-fps needs --init-clip FILE",
                "--extend",
                2,
                "--init-fps",
                5);
        refused(
                ExitStatus.WRONG_USAGE,
                "has 1 frame, and the model goes on from 2 frames; give a longer clip",
                "--init-clip",
                clip("short.apng", 1, 0),
                "--extend",
                2,
                "--overlap",
                2);
        refused(
                ExitStatus.WRONG_USAGE,
                "--init-clip and --init-image do not go together",
                "--init-clip",
                clip,
                "--extend",
                2,
                "--init-image",
                clip);
        refused(
                ExitStatus.FAILED,
                "gone.gif does not exist; name a clip",
                "--init-clip",
                folder.resolve("gone.gif"),
                "--extend",
                2);
        Path cut = folder.resolve("cut.apng");
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(clip), 90));
        refused(ExitStatus.FAILED, "cut.apng: damaged", "--init-clip", cut, "--extend", 2);
        Path pictures = TinyCheckpoint.withClasses(folder.resolve("pictures"));
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(
                        console.zigma(
                                words(pictures, "--init-clip", clip, "--extend", 2, "-o", cut)
                                        .toArray(String[]::new)))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(console.err()).contains("--extend is for models of videos").hasLineCount(1);
    }

    private void refused(ExitStatus status, String reason, Object... words) {
        List<String> line = words(model, "-o", folder.resolve("refused.gif"));
        for (Object word : words) {
            line.add(word.toString());
        }
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(console.zigma(line.toArray(String[]::new))).as(console.err()).isEqualTo(status);
        assertThat(console.err()).contains(reason).hasLineCount(1);
        assertThat(folder.resolve("refused.gif")).doesNotExist();
    }

    private void generate(Object... more) {
        assertThat(test.zigma(words(model, more).toArray(String[]::new)))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
    }

    private static List<String> words(Path model, Object... more) {
        List<String> line = new ArrayList<>(List.of("generate", "-m", model.toString()));
        for (Object word : more) {
            line.add(word.toString());
        }
        return line;
    }

    private List<List<Integer>> frames(String name, Object... more) throws IOException {
        return framesOf(model, name, more);
    }

    /** Generates one video as the pixels of its frames. */
    private List<List<Integer>> framesOf(Path model, String name, Object... more)
            throws IOException {
        List<Object> words = new ArrayList<>(List.of(more));
        words.addAll(List.of("-o", folder.resolve(name + "_%d.zip")));
        if (!words.contains("--steps")) {
            words.addAll(List.of("--steps", 2));
        }
        if (!words.contains("-s")) {
            words.addAll(List.of("-s", 1));
        }
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(console.zigma(words(model, words.toArray()).toArray(String[]::new)))
                .as(console.err())
                .isEqualTo(ExitStatus.DONE);
        List<List<Integer>> frames = new ArrayList<>();
        try (ZipFile zip = new ZipFile(folder.resolve(name + "_0.zip").toFile())) {
            for (ZipEntry entry : zip.stream().map(ZipEntry.class::cast).toList()) {
                byte[] file = zip.getInputStream(entry).readAllBytes();
                frames.add(pixels(ImageIO.read(new ByteArrayInputStream(file))));
            }
        }
        return frames;
    }

    private static List<Integer> pixels(BufferedImage frame) {
        return Arrays.stream(frame.getRGB(0, 0, frame.getWidth(), frame.getHeight(), null, 0, 6))
                .map(pixel -> pixel & 0xffffff)
                .boxed()
                .toList();
    }

    private Path clip(String name, int frames, int shade) throws IOException {
        List<BufferedImage> pictures = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            pictures.add(frame(i, shade));
        }
        return write(name, pictures);
    }

    private Path write(String name, List<BufferedImage> frames) throws IOException {
        Duration tenth = Duration.ofMillis(100);
        Path file = folder.resolve(name);
        MediaFormats.APNG.write(file, new MediaContent(frames, tenth, tenth, Map.of()));
        return file;
    }

    private static BufferedImage frame(int number, int shade) {
        BufferedImage frame = new BufferedImage(6, 4, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 6; x++) {
                frame.setRGB(x, y, x == number % 6 ? 0xffe010 : 0x102030 * (1 + shade % 4) + y);
            }
        }
        return frame;
    }
}
