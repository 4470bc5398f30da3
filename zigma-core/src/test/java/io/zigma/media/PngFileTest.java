package io.zigma.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PngFileTest {

    @TempDir Path folder;

    @Test
    void bringsBackPictureAndText() throws IOException {
        Path file = folder.resolve("picture.png");
        BufferedImage image = new BufferedImage(5, 3, BufferedImage.TYPE_INT_RGB);
        image.setRGB(4, 2, 0x123456);
        Map<String, String> text = new LinkedHashMap<>();
        text.put("seed", "7");
        text.put("sampler", "dopri5");
        text.put("class", "café, 23 °C");
        text.put("prompt", "猫とσ(t)");

        PngFile.write(file, image, text);

        assertThat(PngFile.readText(file)).containsExactlyEntriesOf(text);
        assertThat(ImageIO.read(file.toFile()).getRGB(4, 2) & 0xffffff).isEqualTo(0x123456);
    }

    @Test
    void greySamplesAreExact() throws IOException {
        Path file = folder.resolve("grey.png");
        BufferedImage image = new BufferedImage(256, 1, BufferedImage.TYPE_BYTE_GRAY);
        for (int x = 0; x < 256; x++) {
            image.getRaster().setSample(x, 0, 0, x);
        }

        PngFile.write(file, image, Map.of());

        BufferedImage read = ImageIO.read(file.toFile());
        for (int x = 0; x < 256; x++) {
            assertThat(read.getRaster().getSample(x, 0, 0)).isEqualTo(x);
        }
    }

    @Test
    void givesTheSameBytesForTheSamePicture() throws IOException {
        BufferedImage image = new BufferedImage(9, 9, BufferedImage.TYPE_BYTE_GRAY);
        Path one = folder.resolve("1.png");
        Path two = folder.resolve("2.png");

        PngFile.write(one, image, Map.of("seed", "1"));
        PngFile.write(two, image, Map.of("seed", "1"));

        assertThat(one).hasSameBinaryContentAs(two);
    }

    @Test
    void leavesNothingBesideTheFile() throws IOException {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
        Path file = folder.resolve("a.png");

        PngFile.write(file, image, Map.of());
        PngFile.write(file, image, Map.of("seed", "2"));

        assertThat(PngFile.readText(file)).containsExactly(entry("seed", "2"));
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void refusesAKeywordThatPngHasNoRoomFor() {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);

        assertThatThrownBy(
                        () ->
                                PngFile.write(
                                        folder.resolve("a.png"), image, Map.of("k".repeat(80), "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("79");
    }
}
