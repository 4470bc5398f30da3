package io.zigma.emoji;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ComposerTest {

    private static final int WHITE = 0xffffff;

    /** Left and right, top and bottom differ, and it reaches all edges. */
    private static final String SVG =
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
            <rect width="16" height="16" fill="#00ff00"/><rect width="4" height="8" fill="#0000ff"/></svg>
            """;

    @Test
    void aDrawingInItsPlaceIsTheMeanOfItsPixels() throws IOException {
        Drawing drawing = Drawing.of(SVG, 64);
        BufferedImage picture =
                new Composer(drawing, 16).picture(new Jitter(100, 0, 0, false), WHITE);
        for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 16; x++) {
                assertThat(picture.getRGB(x, y) & WHITE)
                        .as("%d, %d", x, y)
                        .isEqualTo(x < 4 && y < 8 ? 0x0000ff : 0x00ff00);
            }
        }
    }

    @Test
    void aMirroredDrawingHasLeftAndRightExchanged() throws IOException {
        Composer composer = new Composer(Drawing.of(SVG, 64), 16);
        BufferedImage plain = composer.picture(new Jitter(94, 2, -2, false), WHITE);
        BufferedImage mirrored = composer.picture(new Jitter(94, -2, -2, true), WHITE);
        for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 16; x++) {
                assertThat(mirrored.getRGB(x, y)).isEqualTo(plain.getRGB(15 - x, y));
            }
        }
    }

    @Test
    void nothingOfADrawingIsCutOffHoweverFarItIsMoved() throws IOException {
        String svg =
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><rect x=\"1\" y=\"3\" width=\"15\" height=\"12\"/></svg>";
        Composer composer = new Composer(Drawing.of(svg, 256), 64);
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            Jitter jitter = Poses.VARIED.next(random, true);
            double scale = jitter.percent() / 100.0;
            // black on white: how much is black is the area that is seen
            double area = 0;
            BufferedImage picture = composer.picture(jitter, WHITE);
            for (int pixel : picture.getRGB(0, 0, 64, 64, null, 0, 64)) {
                area += (255 - (pixel & 0xff)) / 255.0;
            }
            assertThat(area)
                    .as("%s", jitter)
                    .isBetween(60 * 48 * scale * scale - 4, 60 * 48 * scale * scale + 4);
        }
    }

    @Test
    void whatIsHalfTransparentLetsTheBackgroundThrough() throws IOException {
        String svg =
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><rect width=\"16\" height=\"16\" fill=\"#000000\" fill-opacity=\"0.5\"/></svg>";
        int pixel =
                new Composer(Drawing.of(svg, 64), 16)
                        .picture(new Jitter(100, 0, 0, false), 0xff0040)
                        .getRGB(8, 8);
        assertThat(pixel >> 16 & 0xff).isBetween(126, 129);
        assertThat(pixel & 0xffff).isBetween(0x001f, 0x0021);
    }
}
