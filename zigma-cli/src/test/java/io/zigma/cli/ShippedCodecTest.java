package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.cli.terminal.ExitStatus;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Arc2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code models/emoji-codec}, on drawings that it has not seen. */
class ShippedCodecTest {

    private static final Path CODEC = Path.of("..", "models", "emoji-codec");
    private static final int SIDE = 256;

    @TempDir private Path place;

    @Test
    void drawingsComeBackAlmostAsTheyWere() throws IOException {
        Path drawings = Files.createDirectory(place.resolve("drawings"));
        for (int i = 0; i < 4; i++) {
            ImageIO.write(face(new Random(i)), "png", drawings.resolve(i + ".png").toFile());
        }
        JsonObject figures =
                JsonParser.parseString(
                                zigma(
                                        "evaluate",
                                        "--codec",
                                        CODEC,
                                        "--data",
                                        drawings,
                                        "--image-size",
                                        SIDE,
                                        "--json"))
                        .getAsJsonObject();
        assertThat(figures.get("pictures").getAsInt()).isEqualTo(4);
        assertThat(figures.get("worst_psnr").getAsDouble()).isGreaterThan(25);
        assertThat(figures.get("ssim").getAsDouble()).isGreaterThan(0.9);
    }

    @Test
    void itSaysWhatItIsAndWhoseDrawingsItHasSeen() throws IOException {
        assertThat(zigma("info", "-m", CODEC)).contains("16 channels, 16 × 16 pixels each");
        assertThat(CODEC.resolve("README.md"))
                .content()
                .contains("Twitter, Inc", "Google Inc", "Copyright (c) Microsoft Corporation");
        assertThat(Files.size(CODEC.resolve("weights.safetensors"))).isLessThan(12_000_000);
    }

    /** A face of random colours, with edges, gradients and thin lines. */
    private static BufferedImage face(Random random) {
        BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, SIDE, SIDE);
        graphics.setPaint(
                new GradientPaint(0, 20, colour(random), 0, 236, colour(random).darker()));
        graphics.fill(new Ellipse2D.Double(20, 20, 216, 216));
        graphics.setColor(colour(random));
        graphics.fill(new RoundRectangle2D.Double(70, 8, 116, 40, 20, 20));
        graphics.setColor(Color.DARK_GRAY);
        graphics.fill(new Ellipse2D.Double(78, 90, 26, 40));
        graphics.fill(new Ellipse2D.Double(152, 90, 26, 40));
        graphics.setStroke(new BasicStroke(8, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.draw(new Arc2D.Double(78, 110, 100, 80, 200, 140, Arc2D.OPEN));
        graphics.dispose();
        return picture;
    }

    private static Color colour(Random random) {
        return Color.getHSBColor(random.nextFloat(), 0.7f, 0.9f);
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
