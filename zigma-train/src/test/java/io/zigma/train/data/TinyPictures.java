package io.zigma.train.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.media.PictureFormat;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Small pictures for tests of data sets. */
final class TinyPictures {

    static final DatasetOptions COLOUR =
            DatasetOptions.defaults().withFormat(new PictureFormat(3, 4, 4));

    private TinyPictures() {}

    /** Returns a PNG file of one colour. */
    static byte[] png(Color colour) throws IOException {
        BufferedImage image = new BufferedImage(5, 5, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 25; i++) {
            image.setRGB(i % 5, i / 5, colour.getRGB());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, "png", out)).isTrue();
        return out.toByteArray();
    }

    /** Writes a picture of one colour, with the folders above it. */
    static Path write(Path file, Color colour) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        return Files.write(file, png(colour));
    }

    /** Returns a picture's values, channel by channel. */
    static float[] values(ImageDataset data, int index) {
        float[] picture = new float[data.channels() * data.height() * data.width()];
        data.read(index, false, picture, 0);
        return picture;
    }

    /** Returns the levels of the pixel at the upper left. */
    static int[] first(ImageDataset data, int index) {
        return pixel(data, index, 0);
    }

    /** Returns the levels of the pixel at the lower right. */
    static int[] last(ImageDataset data, int index) {
        return pixel(data, index, data.height() * data.width() - 1);
    }

    private static int[] pixel(ImageDataset data, int index, int place) {
        float[] picture = values(data, index);
        int[] pixel = new int[data.channels()];
        for (int c = 0; c < pixel.length; c++) {
            pixel[c] = Math.round((picture[c * data.height() * data.width() + place] + 1) * 127.5f);
        }
        return pixel;
    }
}
