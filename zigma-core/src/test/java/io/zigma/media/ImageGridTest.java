package io.zigma.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.pipeline.Magnification;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageGridTest {

    @ParameterizedTest(name = "{0} pictures make {1} columns")
    @CsvSource({"1, 1", "2, 2", "4, 2", "5, 3", "10, 4", "16, 4", "17, 5"})
    void isAsSquareAsTheNumberAllows(int count, int columns) {
        assertThat(ImageGrid.columns(count)).isEqualTo(columns);
    }

    @Test
    void arrangesImagesRowByRow() {
        List<BufferedImage> images =
                IntStream.range(0, 6).mapToObj(i -> grey(20, 32, 100 + i)).toList();

        BufferedImage grid = ImageGrid.of(images);

        int gap = (int) ImageGrid.gap(20, 32);
        assertThat(grid.getWidth()).isEqualTo(3 * 20 + 4 * gap);
        assertThat(grid.getHeight()).isEqualTo(2 * 32 + 3 * gap);
        for (int i = 0; i < 6; i++) {
            int x = gap + i % 3 * (20 + gap);
            int y = gap + i / 3 * (32 + gap);
            assertThat(grid.getRaster().getSample(x, y, 0)).isEqualTo(100 + i);
            assertThat(grid.getRaster().getSample(x + 19, y + 31, 0)).isEqualTo(100 + i);
        }
    }

    @Test
    void greyStaysGrey() {
        assertThat(ImageGrid.of(List.of(grey(4, 4, 1), grey(4, 4, 2))).getType())
                .isEqualTo(BufferedImage.TYPE_BYTE_GRAY);
    }

    @Test
    void coloursAreUnchanged() {
        BufferedImage red = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
        red.setRGB(3, 3, 0xc80a14);

        BufferedImage grid = ImageGrid.of(List.of(red, red));

        assertThat(grid.getRGB(1 + 3, 1 + 3) & 0xffffff).isEqualTo(0xc80a14);
    }

    @Test
    void givesASinglePictureNoFrame() {
        BufferedImage grid = ImageGrid.of(List.of(grey(7, 5, 9)));

        assertThat(grid.getWidth()).isEqualTo(7);
        assertThat(grid.getHeight()).isEqualTo(5);
    }

    @Test
    void refusesPicturesOfDifferentSizes() {
        assertThatThrownBy(() -> ImageGrid.of(List.of(grey(4, 4, 0), grey(4, 5, 0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4×4 and 4×5");
    }

    @Test
    void magnifiesPixelsToSquares() {
        BufferedImage image = grey(2, 2, 10);
        image.getRaster().setSample(1, 0, 0, 77);

        BufferedImage large = new Magnification(3).apply(image);

        assertThat(large.getWidth()).isEqualTo(6);
        assertThat(large.getRaster().getSample(3, 0, 0)).isEqualTo(77);
        assertThat(large.getRaster().getSample(5, 2, 0)).isEqualTo(77);
        assertThat(large.getRaster().getSample(2, 2, 0)).isEqualTo(10);
        assertThat(large.getRaster().getSample(3, 3, 0)).isEqualTo(10);
    }

    private static BufferedImage grey(int width, int height, int value) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.getRaster().setSample(x, y, 0, value);
            }
        }
        return image;
    }
}
