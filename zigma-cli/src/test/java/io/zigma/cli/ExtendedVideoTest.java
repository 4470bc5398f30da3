package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.terminal.ExitStatus;
import io.zigma.media.ClipSource;
import io.zigma.media.GifWriter;
import io.zigma.media.PictureSource;
import io.zigma.media.WebpWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code generate --extend}: videos longer than those of the model, which has three frames. */
class ExtendedVideoTest {

    @TempDir static Path models;
    private static Path model;

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeAll
    static void writeModel() throws IOException {
        model = TinyCheckpoint.ofVideos(models.resolve("clips"));
    }

    @Test
    void framesThatAreThereComeBackByteForByte() throws IOException {
        List<ByteBuffer> plain = frames("plain", "-s", "3");
        assertThat(plain).hasSize(3);
        List<ByteBuffer> longer = frames("longer", "-s", "3", "--extend", "2", "--overlap", "1");
        assertThat(longer).hasSize(5);
        assertThat(longer.subList(0, 3)).isEqualTo(plain);
        // each window keeps all that was before it, and the last one is cut
        List<ByteBuffer> longest = frames("longest", "-s", "3", "--extend", "7", "--overlap", "1");
        assertThat(longest).hasSize(10);
        assertThat(longest.subList(0, 5)).isEqualTo(longer);
    }

    @Test
    void framesThatAreAddedAreNewOnesOfTheirSeedAndOverlap() throws IOException {
        List<ByteBuffer> one = frames("one", "-s", "3", "--extend", "4", "--overlap", "1");
        assertThat(one.stream().distinct()).hasSameSizeAs(one);
        List<ByteBuffer> other = frames("other", "-s", "4", "--extend", "4", "--overlap", "1");
        assertThat(one).doesNotContainAnyElementsOf(other);
        List<ByteBuffer> wider = frames("wider", "-s", "3", "--extend", "4", "--overlap", "2");
        assertThat(wider).hasSize(7);
        assertThat(wider.subList(3, 7)).isNotEqualTo(one.subList(3, 7));
    }

    @Test
    void halfOfTheModelsFramesAreKeptWhereNothingElseIsSaid() throws IOException {
        assertThat(frames("default", "-s", "3", "--extend", "3"))
                .isEqualTo(frames("one", "-s", "3", "--extend", "3", "--overlap", "1"));
    }

    @Test
    void everyVideoIsTheSameAloneAndAmongOthers() throws IOException {
        generate("-n", "3", "-s", "3", "--extend", "4", "-o", folder.resolve("all_%d.gif"));
        generate("-s", "5", "--extend", "4", "-o", folder.resolve("alone_%d.gif"));
        assertThat(folder.resolve("all_2.gif"))
                .hasSameBinaryContentAs(folder.resolve("alone_0.gif"));
    }

    @Test
    void theRecipeMakesTheSameVideoAgain() throws IOException {
        Path first = folder.resolve("first_%d.gif");
        generate("-s", "3", "--extend", "4", "--overlap", "2", "--steps", "3", "-o", first);
        Path made = folder.resolve("first_0.gif");
        assertThat(GifWriter.readText(made))
                .containsEntry("extend", "4")
                .containsEntry("overlap", "2");
        generate("--recipe", made, "-o", folder.resolve("again_%d.gif"));
        assertThat(folder.resolve("again_0.gif")).hasSameBinaryContentAs(made);
    }

    @Test
    void aWebpHasTheFramesOfTheArchiveAndItsRecipeMakesItAgain() throws IOException {
        generate("-s", "3", "--steps", "2", "-o", folder.resolve("clip_%d.webp"), "--loop", "2");
        Path made = folder.resolve("clip_0.webp");
        assertThat(WebpWriter.readText(made)).containsEntry("seed", "3");
        List<String> frames = new ArrayList<>();
        ClipSource.file(PictureSource.of(made))
                .read(
                        frame -> {
                            float[] row = new float[3 * frame.picture(3).width()];
                            frame.picture(3).row(0, row);
                            frames.add(Arrays.toString(row));
                            return true;
                        });
        assertThat(frames).hasSize(3).doesNotHaveDuplicates();
        generate("--recipe", made, "-o", folder.resolve("again_%d.webp"), "--loop", "2");
        assertThat(folder.resolve("again_0.webp")).hasSameBinaryContentAs(made);
    }

    @Test
    void noiseInTheStepsIsThatOfEachWindow() throws IOException {
        List<ByteBuffer> frames =
                frames(
                        "sde",
                        "-s",
                        "3",
                        "--sampler",
                        "sde-euler",
                        "--steps",
                        "4",
                        "--extend",
                        "4",
                        "--overlap",
                        "1");
        assertThat(frames.stream().distinct()).hasSize(7);
    }

    @Test
    void theAnimationOfTheDenoisingIsOfTheFirstWindow() throws IOException {
        generate(
                "-s",
                "3",
                "--extend",
                "4",
                "-o",
                folder.resolve("clip.gif"),
                "--gif",
                folder.resolve("noise.gif"));
        assertThat(folder.resolve("noise.gif")).isNotEmptyFile();
    }

    @Test
    void whatCannotBeExtendedIsRefusedInOneLine() throws IOException {
        refused("--overlap needs --extend N", "--overlap", "1");
        refused(
                "--overlap 3 leaves no new frame in the model's videos of 3",
                "--extend",
                "4",
                "--overlap",
                "3");
        refused("--extend needs a whole number from 1", "--extend", "0");
        Path pictures = TinyCheckpoint.withClasses(folder.resolve("pictures"));
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(
                        console.zigma(
                                "generate",
                                "-m",
                                pictures.toString(),
                                "-o",
                                folder.resolve("a.png").toString(),
                                "--extend",
                                "4"))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(console.err()).contains("--extend is for models of videos").hasLineCount(1);
    }

    private void refused(String reason, Object... words) {
        List<String> line = words("-o", folder.resolve("refused.gif"));
        for (Object word : words) {
            line.add(word.toString());
        }
        ConsoleOfTest console = ConsoleOfTest.plain();
        assertThat(console.zigma(line.toArray(String[]::new))).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(console.err()).contains(reason).hasLineCount(1);
    }

    private void generate(Object... more) {
        assertThat(test.zigma(words(more).toArray(String[]::new)))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
    }

    private static List<String> words(Object... more) {
        List<String> line = new ArrayList<>(List.of("generate", "-m", model.toString()));
        for (Object word : more) {
            line.add(word.toString());
        }
        return line;
    }

    /** Generates one video as the bytes of its frames' files. */
    private List<ByteBuffer> frames(String name, Object... more) throws IOException {
        List<Object> words = new ArrayList<>(List.of(more));
        words.addAll(List.of("-o", folder.resolve(name + "_%d.zip"), "--no-metadata"));
        if (!words.contains("--steps")) {
            words.addAll(List.of("--steps", "2"));
        }
        generate(words.toArray());
        List<ByteBuffer> frames = new ArrayList<>();
        try (ZipFile zip = new ZipFile(folder.resolve(name + "_0.zip").toFile())) {
            for (ZipEntry entry : zip.stream().map(ZipEntry.class::cast).toList()) {
                frames.add(ByteBuffer.wrap(zip.getInputStream(entry).readAllBytes()));
            }
        }
        return frames;
    }
}
