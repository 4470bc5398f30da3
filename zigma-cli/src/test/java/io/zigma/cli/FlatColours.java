package io.zigma.cli;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import javax.imageio.ImageIO;

/** Writes class folders of pictures in nearly one colour, a colour a class. */
final class FlatColours {

    private static final List<Color> COLOURS =
            List.of(
                    new Color(200, 40, 40),
                    new Color(40, 60, 200),
                    new Color(40, 180, 60),
                    new Color(220, 200, 40));

    private FlatColours() {}

    /**
     * Writes a data set.
     *
     * @param folder where the class folders go
     * @param names of the classes, which cycle through the colours
     * @param each pictures a class
     * @param seed decides how they differ
     * @return the folder
     */
    static Path write(Path folder, List<String> names, int each, long seed) throws IOException {
        Random random = new Random(seed);
        for (int label = 0; label < names.size(); label++) {
            Path place = Files.createDirectories(folder.resolve(names.get(label)));
            for (int i = 0; i < each; i++) {
                Color colour = COLOURS.get(label % COLOURS.size());
                BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
                Graphics2D graphics = image.createGraphics();
                graphics.setColor(
                        new Color(
                                colour.getRed() + random.nextInt(30),
                                colour.getGreen() + random.nextInt(30),
                                colour.getBlue() + random.nextInt(30)));
                graphics.fillRect(0, 0, 8, 8);
                graphics.dispose();
                ImageIO.write(
                        image,
                        "png",
                        place.resolve(String.format(Locale.ROOT, "%02d.png", i)).toFile());
            }
        }
        return folder;
    }
}
