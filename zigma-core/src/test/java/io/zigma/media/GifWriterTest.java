package io.zigma.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GifWriterTest {

    private static final String FORMAT = "javax_imageio_gif_image_1.0";

    @TempDir Path folder;
    private final MediaWriter gif = new GifWriter();

    @Test
    void bringsBackFramesWithTheirDelaysAndRepeatsForever() throws IOException {
        Path file = folder.resolve("a.gif");
        List<BufferedImage> frames = List.of(grey(10), grey(128), grey(250));

        gif.write(
                file,
                new MediaContent(frames, Duration.ofMillis(80), Duration.ofSeconds(2), Map.of()));

        ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
        try (ImageInputStream input = ImageIO.createImageInputStream(file.toFile())) {
            reader.setInput(input);
            assertThat(reader.getNumImages(true)).isEqualTo(3);
            assertThat(delay(reader, 0)).isEqualTo("8");
            assertThat(delay(reader, 2)).isEqualTo("200");
            IIOMetadataNode repeat = (IIOMetadataNode) node(reader, 0, "ApplicationExtension");
            assertThat(repeat.getAttribute("applicationID")).isEqualTo("NETSCAPE");
            assertThat((byte[]) repeat.getUserObject()).containsExactly(1, 0, 0);
            for (int i = 0; i < 3; i++) {
                int shown = reader.read(i).getRGB(0, 0) & 0xff;
                int meant = frames.get(i).getRaster().getSample(0, 0, 0);
                assertThat(shown).as("frame %d", i).isEqualTo(meant);
            }
        } finally {
            reader.dispose();
        }
    }

    @Test
    void showsColours() throws IOException {
        Path file = folder.resolve("c.gif");
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 0xff0000);
        image.setRGB(1, 0, 0x0000ff);

        gif.write(file, MediaContent.still(image, Map.of()));

        BufferedImage read = ImageIO.read(file.toFile());
        assertThat(read.getRGB(0, 0) & 0xffffff).isEqualTo(0xff0000);
        assertThat(read.getRGB(1, 0) & 0xffffff).isEqualTo(0x0000ff);
    }

    @Test
    void carriesItsTextAsACommentThatOtherProgramsRead() throws IOException {
        Path file = folder.resolve("t.gif");
        Map<String, String> text = new LinkedHashMap<>();
        text.put("model", "fashion");
        text.put("class", "café 猫: two\nlines");
        text.put("weights_sha256", "0123456789abcdef".repeat(40)); // longer than one sub-block

        gif.write(file, MediaContent.still(grey(3), text));

        assertThat(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
                .contains("model: fashion\nclass: café 猫: two lines\nweights_sha256: 0123");
        assertThat(GifWriter.readText(file))
                .containsExactly(
                        entry("model", "fashion"),
                        entry("class", "café 猫: two lines"),
                        entry("weights_sha256", "0123456789abcdef".repeat(40)));
    }

    @Test
    void carriesNoCommentWithoutText() throws IOException {
        Path file = folder.resolve("n.gif");

        gif.write(file, MediaContent.still(grey(3), Map.of()));

        assertThat(GifWriter.readText(file)).isEmpty();
        assertThat(node(file, "CommentExtension")).isNull();
    }

    @Test
    void refusesADelayThatGifCannotHoldBeforeItWrites() {
        Path file = folder.resolve("a.gif");
        Duration second = Duration.ofSeconds(1);
        MediaContent content =
                new MediaContent(List.of(grey(1)), Duration.ofMillis(5), second, Map.of());

        assertThatThrownBy(() -> gif.write(file, content))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0.01");
        assertThat(file).doesNotExist();
    }

    private static org.w3c.dom.Node node(Path file, String name) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
        try (ImageInputStream input = ImageIO.createImageInputStream(file.toFile())) {
            reader.setInput(input);
            return node(reader, 0, name);
        } finally {
            reader.dispose();
        }
    }

    private static String delay(ImageReader reader, int frame) throws IOException {
        return ((IIOMetadataNode) node(reader, frame, "GraphicControlExtension"))
                .getAttribute("delayTime");
    }

    private static org.w3c.dom.Node node(ImageReader reader, int frame, String name)
            throws IOException {
        return ((IIOMetadataNode) reader.getImageMetadata(frame).getAsTree(FORMAT))
                .getElementsByTagName(name)
                .item(0);
    }

    private static BufferedImage grey(int value) {
        BufferedImage image = new BufferedImage(6, 4, BufferedImage.TYPE_BYTE_GRAY);
        int[] samples = new int[24];
        java.util.Arrays.fill(samples, value);
        image.getRaster().setPixels(0, 0, 6, 4, samples);
        return image;
    }
}
