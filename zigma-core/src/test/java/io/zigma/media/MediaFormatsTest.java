package io.zigma.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MediaFormatsTest {

    @TempDir Path folder;

    @Test
    void theEndingChoosesTheFormatWhateverItsCase() {
        assertThat(MediaFormats.of(Path.of("a", "b.PNG"))).containsSame(MediaFormats.PNG);
        assertThat(MediaFormats.of(Path.of("b.png.gif"))).containsSame(MediaFormats.GIF);
        assertThat(MediaFormats.of(Path.of("b.jpg"))).isEmpty();
        assertThat(MediaFormats.of(Path.of("png"))).isEmpty();
    }

    @Test
    void aFormatIsAClassAndALine() throws IOException {
        MediaWriter sizes = new Sizes("sizes", ".sizes");
        MediaFormats.register(sizes);
        Path file = folder.resolve("a.sizes");

        MediaWriter format = MediaFormats.of(file).orElseThrow();
        format.write(file, MediaContent.still(picture(3), Map.of("seed", "7")));

        assertThat(file).hasContent("3×2 {seed=7}");
        assertThat(MediaFormats.endings(MediaFormats.all())).startsWith(".png or .gif");
    }

    @Test
    void anEndingBelongsToOneFormat() {
        assertThatThrownBy(() -> MediaFormats.register(new Sizes("other", ".png")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PNG already");
        assertThat(MediaFormats.of(Path.of("a.png"))).containsSame(MediaFormats.PNG);
    }

    @Test
    void severalFramesAreAGridWhereAFileIsAStillPicture() throws IOException {
        Path file = folder.resolve("a.png");
        Duration second = Duration.ofSeconds(1);
        List<BufferedImage> frames = List.of(picture(16), picture(16));

        MediaFormats.PNG.write(file, new MediaContent(frames, second, second, Map.of("seed", "7")));

        assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(2 * 16 + 3);
        assertThat(PngFile.readText(file)).containsExactly(Map.entry("seed", "7"));
    }

    @Test
    void nothingToShowIsRefused() {
        Duration second = Duration.ofSeconds(1);

        assertThatThrownBy(() -> new MediaContent(List.of(), second, second, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one");
        assertThatThrownBy(
                        () ->
                                new MediaContent(
                                        List.of(picture(3), picture(4)), second, second, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3×2 and 4×2");
    }

    private static BufferedImage picture(int width) {
        return new BufferedImage(width, 2, BufferedImage.TYPE_BYTE_GRAY);
    }

    /** Writes how large the first frame is, and the text. */
    private record Sizes(String name, String ending) implements MediaWriter {
        @Override
        public List<String> endings() {
            return List.of(ending);
        }

        @Override
        public boolean animates() {
            return false;
        }

        @Override
        public void write(OutputStream out, MediaContent content) throws IOException {
            BufferedImage first = content.frames().get(0);
            String text = "%s×%s %s".formatted(first.getWidth(), first.getHeight(), content.text());
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
