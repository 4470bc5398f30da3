package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.terminal.ExitStatus;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code models/emoji}, which draws what one types. */
class ShippedEmojiTest {

    private static final Path MODEL = Path.of("..", "models", "emoji");
    private static final Path PROMPTS = Path.of("..", "docs", "prompts.txt");
    private static final int SIDE = 64;

    @TempDir private Path place;

    @Test
    void colourAndBackgroundAreThoseOfThePrompt() throws IOException {
        BufferedImage red = picture("red.png", "a red apple, in the style of flat", 3);
        BufferedImage green = picture("green.png", "a green apple, in the style of flat", 3);
        BufferedImage onBlue =
                picture("blue.png", "a cat, in the style of noto, on a blue background", 3);
        assertThat(hue(red))
                .as("red")
                .satisfiesAnyOf(
                        hue -> assertThat(hue).isLessThan(20),
                        hue -> assertThat(hue).isGreaterThan(340));
        assertThat(hue(green)).as("green").isBetween(80f, 170f);
        for (float level : corner(red)) {
            assertThat(level).as("white").isGreaterThan(225);
        }
        float[] corner = corner(onBlue);
        assertThat(corner[2]).as("blue of a blue corner").isGreaterThan(corner[0] + 50);
    }

    @Test
    void aPictureIsTheSameAloneAndAmongThoseOfTheReadmesPrompts() throws IOException {
        List<String> prompts = Files.readAllLines(PROMPTS);
        assertThat(prompts).hasSize(16);
        Path sheet = place.resolve("sheet.png");
        zigma("generate", "-m", MODEL, "--prompts", PROMPTS, "-s", 7, "--scale", 1, "-o", sheet);
        BufferedImage together = ImageIO.read(sheet.toFile());
        for (int i : new int[] {0, 6, 15}) {
            BufferedImage alone = picture("alone" + i + ".png", prompts.get(i), 7 + i);
            assertThat(place(alone, together)).as(prompts.get(i)).isEqualTo(i);
        }
    }

    /** The number of the cell of a sheet of 4 × 4 in which a picture is, level by level; or −1. */
    private static int place(BufferedImage picture, BufferedImage sheet) {
        int[] wanted = levels(picture, 0, 0);
        for (int y = 0; y + SIDE <= sheet.getHeight(); y++) {
            for (int x = 0; x + SIDE <= sheet.getWidth(); x++) {
                if (sheet.getRGB(x, y) == wanted[0] && Arrays.equals(levels(sheet, x, y), wanted)) {
                    return y * 4 / sheet.getHeight() * 4 + x * 4 / sheet.getWidth();
                }
            }
        }
        return -1;
    }

    private static int[] levels(BufferedImage picture, int left, int top) {
        return picture.getRGB(left, top, SIDE, SIDE, null, 0, SIDE);
    }

    @Test
    void itSaysWhatItUnderstandsAndWhoseDrawingsItHasSeen() throws IOException {
        assertThat(zigma("info", "-m", MODEL))
                .contains(
                        "text encoder minilm-l6",
                        "64 × 64, RGB",
                        "Emoji: where these pictures come from");
        assertThat(MODEL.resolve("README.md"))
                .content()
                .contains("Twitter, Inc", "Google Inc", "Copyright (c) Microsoft Corporation");
        assertThat(Files.size(MODEL.resolve("model.safetensors"))).isLessThan(20_000_000);
    }

    private BufferedImage picture(String name, String prompt, int seed) throws IOException {
        Path file = place.resolve(name);
        zigma("generate", "-m", MODEL, "-p", prompt, "-s", seed, "--scale", 1, "-o", file);
        BufferedImage picture = ImageIO.read(file.toFile());
        assertThat(List.of(picture.getWidth(), picture.getHeight())).containsExactly(SIDE, SIDE);
        return picture;
    }

    /** The hue of what lies in the middle, in degrees. */
    private static float hue(BufferedImage picture) {
        float[] mean = mean(picture, SIDE / 2 - 10, SIDE / 2 - 4, 20);
        return 360 * Color.RGBtoHSB((int) mean[0], (int) mean[1], (int) mean[2], null)[0];
    }

    private static float[] corner(BufferedImage picture) {
        return mean(picture, 0, 0, 4);
    }

    /** Means of red, green and blue over a square, 0 to 255. */
    private static float[] mean(BufferedImage picture, int left, int top, int side) {
        float[] sums = new float[3];
        for (int y = top; y < top + side; y++) {
            for (int x = left; x < left + side; x++) {
                Color colour = new Color(picture.getRGB(x, y));
                sums[0] += colour.getRed();
                sums[1] += colour.getGreen();
                sums[2] += colour.getBlue();
            }
        }
        for (int i = 0; i < 3; i++) {
            sums[i] /= side * side;
        }
        return sums;
    }

    private static String zigma(Object... words) {
        List<String> all = new ArrayList<>();
        Arrays.stream(words).map(Object::toString).forEach(all::add);
        ConsoleOfTest test = ConsoleOfTest.plain();
        assertThat(test.zigma(all.toArray(String[]::new)))
                .as(test.err())
                .isEqualTo(ExitStatus.DONE);
        return test.out();
    }
}
