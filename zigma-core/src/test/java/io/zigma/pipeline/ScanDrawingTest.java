package io.zigma.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.zigma.pipeline.ScanDrawing.Panel;
import io.zigma.scan.Grid;
import io.zigma.scan.ScanPath;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScanDrawingTest {

    private static final Grid ROW = Grid.image(1, 8);

    @Test
    void aPathGetsLighterFromItsStartToItsEnd() {
        BufferedImage picture = draw(new Panel(ROW, ScanPath.straight(8)));

        // the line's middle height, a quarter and three quarters of the way
        int middle = middle(picture);
        int early = brightness(picture, picture.getWidth() * 2 / 8, middle);
        int late = brightness(picture, picture.getWidth() * 13 / 16, middle);
        assertThat(early).isLessThan(late);
    }

    @Test
    void theReversedPathIsLightWhereItWasDark() {
        BufferedImage there = draw(new Panel(ROW, ScanPath.straight(8)));
        BufferedImage back = draw(new Panel(ROW, ScanPath.straight(8).reversed()));

        int x = there.getWidth() * 2 / 8;
        assertThat(brightness(there, x, middle(there)))
                .isLessThan(brightness(back, x, middle(back)));
    }

    @Test
    void everyTokenOfAVideoIsInThePicture() {
        Grid video = new Grid(3, 2, 2);
        BufferedImage one = draw(new Panel(Grid.image(2, 2), ScanPath.straight(4)));
        BufferedImage three = draw(new Panel(video, ScanPath.straight(12)));

        assertThat(three.getWidth()).isGreaterThan(2 * one.getWidth());
    }

    @Test
    void eightPathsAreInTwoRowsOfFour() {
        Panel panel = new Panel(Grid.image(8, 8), ScanPath.straight(64));

        BufferedImage picture = ScanDrawing.of(Collections.nCopies(8, panel));

        assertThat(picture.getWidth()).isBetween(1200, 1400);
        assertThat(picture.getHeight()).isBetween(600, 750);
    }

    @Test
    void theSamePathsGiveTheSamePicture() {
        Panel panel = new Panel(Grid.image(5, 3), ScanPath.straight(15));
        BufferedImage one = ScanDrawing.of(List.of(panel, panel));
        BufferedImage other = ScanDrawing.of(List.of(panel, panel));

        for (int y = 0; y < one.getHeight(); y++) {
            for (int x = 0; x < one.getWidth(); x++) {
                assertThat(one.getRGB(x, y)).isEqualTo(other.getRGB(x, y));
            }
        }
    }

    @Test
    void aPathOfAnotherGridIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Panel(ROW, ScanPath.straight(7)))
                .withMessageContainingAll("7", "8");
    }

    @Test
    void aGridTooLargeToDisplayIsRefused() {
        Grid large = Grid.image(1, 100_000);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> draw(new Panel(large, ScanPath.straight(100_000))))
                .withMessageContaining("smaller grid");
    }

    private static BufferedImage draw(Panel panel) {
        return ScanDrawing.of(List.of(panel));
    }

    /** The height of the only row of tokens: the drawing has margins of 11 and 22 pixels. */
    private static int middle(BufferedImage picture) {
        return 22 + (picture.getHeight() - 22 - 22) / 2;
    }

    private static int brightness(BufferedImage picture, int x, int y) {
        Color colour = new Color(picture.getRGB(x, y));
        return colour.getRed() + colour.getGreen() + colour.getBlue();
    }
}
