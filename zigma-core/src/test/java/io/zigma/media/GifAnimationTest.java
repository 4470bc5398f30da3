package io.zigma.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GifAnimationTest {

    private static final String FORMAT = "javax_imageio_gif_image_1.0";

    @TempDir Path folder;

    @Test
    void bringsBackFramesWithTheirDelaysAndRepeatsForever() throws IOException {
        Path file = folder.resolve("a.gif");
        List<BufferedImage> frames = List.of(grey(10), grey(128), grey(250));

        new GifAnimation(Duration.ofMillis(80), Duration.ofSeconds(2)).write(file, frames);

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

        new GifAnimation(Duration.ofMillis(100), Duration.ofMillis(100))
                .write(file, List.of(image));

        BufferedImage read = ImageIO.read(file.toFile());
        assertThat(read.getRGB(0, 0) & 0xffffff).isEqualTo(0xff0000);
        assertThat(read.getRGB(1, 0) & 0xffffff).isEqualTo(0x0000ff);
    }

    @Test
    void refusesAnAnimationOfNothing() {
        GifAnimation gif = new GifAnimation(Duration.ofMillis(80), Duration.ofSeconds(2));

        assertThatThrownBy(() -> gif.write(folder.resolve("a.gif"), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one");
    }

    @Test
    void refusesADelayThatGifCannotHold() {
        assertThatThrownBy(() -> new GifAnimation(Duration.ofMillis(5), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0.01");
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
