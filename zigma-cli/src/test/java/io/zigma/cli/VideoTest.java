package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.backbone.zigma.Positions;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.terminal.ExitStatus;
import io.zigma.condition.Unconditional;
import io.zigma.convert.TinyTorchFiles;
import io.zigma.media.GifWriter;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.scan.Factorised;
import io.zigma.scan.Fidelity;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands do with a model of videos: three frames of 4 × 6 pixels. */
class VideoTest {

    /** As official checkpoints have it: square, and with the slip in time. */
    private static final ZigMaConfig OFFICIAL =
            new ZigMaConfig(
                    SampleShape.video(3, 3, 4, 4),
                    2,
                    8,
                    2,
                    Factorised.of("st", Fidelity.COMPATIBLE),
                    MambaConfig.PUBLISHED,
                    Positions.LEARNED,
                    true,
                    NormKind.RMS,
                    1e-5,
                    0,
                    new Unconditional());

    private static final Map<String, Object> PARAMS =
            Map.of(
                    "in_channels", 3,
                    "img_dim", 4,
                    "patch_size", 2,
                    "embed_dim", 8,
                    "depth", 2,
                    "video_frames", 3,
                    "tpe", true,
                    "use_pe", 2,
                    "scan_type", "zzvideo_st");

    @TempDir static Path models;
    private static Path model;

    @TempDir Path folder;
    private final ConsoleOfTest test = ConsoleOfTest.plain();

    @BeforeAll
    static void writeModel() throws IOException {
        model = TinyCheckpoint.ofVideos(models.resolve("clips"));
    }

    @Test
    void playsSeveralVideosSideBySide() throws IOException {
        Path file = folder.resolve("clips.gif");

        assertThat(generate("-n", "2", "-s", "3", "--scale", "4", "-o", file))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);

        assertThat(test.out()).isEqualTo(file + System.lineSeparator());
        List<BufferedImage> frames = frames(file);
        assertThat(frames).hasSize(3);
        assertThat(frames.get(0).getWidth()).isEqualTo(2 * 24 + 3);
        assertThat(frames.get(0).getHeight()).isEqualTo(16 + 2);
    }

    @Test
    void writesAFileForEachVideoByThePattern() throws IOException {
        assertThat(generate("-n", "2", "-s", "3", "-o", folder.resolve("clip_%d.gif")))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);

        assertThat(frames(folder.resolve("clip_1.gif"))).hasSize(3);
        assertThat(frames(folder.resolve("clip_0.gif")).get(0).getWidth()).isEqualTo(6);
    }

    @Test
    void aVideoContainsItsRecipeByDefault() throws IOException {
        generate("-n", "2", "-s", "3", "-o", folder.resolve("clip_%d.gif"));
        generate("-n", "2", "-s", "3", "-o", folder.resolve("all.gif"), "--no-metadata");

        assertThat(GifWriter.readText(folder.resolve("clip_1.gif")))
                .containsEntry("model", "clips")
                .containsEntry("seed", "4");
        assertThat(GifWriter.readText(folder.resolve("all.gif"))).isEmpty();
    }

    @Test
    void laysAllFramesOutInAPng() throws IOException {
        Path file = folder.resolve("clip_%d.png");

        assertThat(generate("-s", "3", "-o", file)).as(test.err()).isEqualTo(ExitStatus.DONE);

        BufferedImage picture = ImageIO.read(folder.resolve("clip_0.png").toFile());
        assertThat(picture.getWidth()).as("two columns").isEqualTo(2 * 6 + 3);
        assertThat(picture.getHeight()).as("two rows").isEqualTo(2 * 4 + 3);
    }

    @Test
    void framesDiffer() throws IOException {
        Path file = folder.resolve("clip_%d.gif");
        generate("-s", "3", "-o", file);

        List<BufferedImage> frames = frames(folder.resolve("clip_0.gif"));
        assertThat(pixels(frames.get(0))).isNotEqualTo(pixels(frames.get(1)));
    }

    @Test
    void givesEveryVideoAloneAsInAnyBatch() throws IOException {
        generate("-n", "3", "-s", "3", "-o", folder.resolve("all_%d.gif"));
        generate("-s", "5", "-o", folder.resolve("alone_%d.gif"));

        assertThat(folder.resolve("all_2.gif"))
                .hasSameBinaryContentAs(folder.resolve("alone_0.gif"));
    }

    @Test
    void animatesTheWayOutOfTheNoiseBeside() throws IOException {
        Path noise = folder.resolve("noise.gif");

        assertThat(generate("-s", "3", "-o", folder.resolve("clip.gif"), "--gif", noise))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);

        assertThat(frames(noise)).as("one a step").hasSize(4);
    }

    @Test
    void framesSideBySideCountWhereAGridIsTooLarge() {
        assertThat(generate("-n", "1000", "--scale", "64", "-o", folder.resolve("a.png")))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("too large to display").hasLineCount(1);
    }

    @Test
    void anAnimationCannotReplaceTheVideo() {
        String file = folder.resolve("a.gif").toString();

        assertThat(test.zigma("generate", "-m", model.toString(), "-o", file, "--gif", file))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(test.err()).contains("the file of the result itself").hasLineCount(1);
    }

    @Test
    void saysThatTheModelMakesVideos() {
        assertThat(test.zigma("info", "-m", model.toString())).isEqualTo(ExitStatus.DONE);
        assertThat(test.out())
                .containsPattern("videos +3 frames of 4 × 6, RGB")
                .contains("factorised-st");
    }

    @Test
    void importsAnOfficialModelOfVideos() throws IOException {
        Path file =
                official()
                        .with("args", Map.of("model", Map.of("params", PARAMS)))
                        .write(folder.resolve("official.pt"));
        Path made = folder.resolve("made");

        assertThat(test.zigma("import", file.toString(), "-o", made.toString()))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);

        assertThat(test.err()).contains("videos of 3 frames of 3 × 4 × 4");
        assertThat(CheckpointFolder.open(made).config().model())
                .usingRecursiveComparison()
                .ignoringFields("dropPath")
                .isEqualTo(OFFICIAL);
    }

    @Test
    void importsWeightsOfVideosThatOptionsDescribe() throws IOException {
        Path file = official().write(folder.resolve("bare.pt"));
        Path made = folder.resolve("made");

        assertThat(
                        test.zigma(
                                "import",
                                file.toString(),
                                "-o",
                                made.toString(),
                                "--frames",
                                "3",
                                "--temporal-positions",
                                "--image-size",
                                "4",
                                "--patch-size",
                                "2",
                                "--hidden-size",
                                "8",
                                "--depth",
                                "2",
                                "--scan",
                                "factorised-compatible-st"))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);

        assertThat(CheckpointFolder.open(made).config().model()).isEqualTo(OFFICIAL);
    }

    private static TinyTorchFiles official() {
        return new TinyTorchFiles().weights("ema", "", OFFICIAL, 1);
    }

    private ExitStatus generate(Object... words) {
        List<String> line = new ArrayList<>(List.of("generate", "-m", model.toString()));
        for (Object word : words) {
            line.add(word.toString());
        }
        return test.zigma(line.toArray(String[]::new));
    }

    private static List<BufferedImage> frames(Path gif) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
        try (ImageInputStream input = ImageIO.createImageInputStream(gif.toFile())) {
            reader.setInput(input);
            List<BufferedImage> frames = new ArrayList<>();
            for (int i = 0; i < reader.getNumImages(true); i++) {
                frames.add(reader.read(i));
            }
            return frames;
        } finally {
            reader.dispose();
        }
    }

    private static int[] pixels(BufferedImage image) {
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }
}
