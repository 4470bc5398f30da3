package io.zigma.cli;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;

/** Writes data sets that are small enough to train on in a moment. */
final class TinyData {

    private static final int COUNT = 12;

    private TinyData() {}

    /** Writes a folder of red and blue PNG pictures of several sizes, one of them broken. */
    static Path pictures(Path folder) throws IOException {
        for (int i = 0; i < COUNT; i++) {
            Color colour = i % 2 == 0 ? Color.RED : Color.BLUE;
            Path classFolder = Files.createDirectories(folder.resolve(i % 2 == 0 ? "red" : "blue"));
            BufferedImage image = new BufferedImage(9 + i, 20 - i, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = image.createGraphics();
            graphics.setColor(colour);
            graphics.fillRect(i / 2, 0, 9, 20);
            graphics.dispose();
            ImageIO.write(image, "png", classFolder.resolve(i + ".png").toFile());
        }
        Files.writeString(folder.resolve("red").resolve("broken.png"), "not a picture");
        return folder;
    }

    /** Writes MNIST's four-file layout without the test part: 8 × 8 pictures, gzipped labels. */
    static Path idx(Path folder) throws IOException {
        Files.createDirectories(folder);
        ByteBuffer images = ByteBuffer.allocate(16 + COUNT * 64);
        images.putInt(0x803).putInt(COUNT).putInt(8).putInt(8);
        ByteBuffer labels = ByteBuffer.allocate(8 + COUNT);
        labels.putInt(0x801).putInt(COUNT);
        for (int i = 0; i < COUNT; i++) {
            labels.put((byte) (i % 3));
            for (int pixel = 0; pixel < 64; pixel++) {
                images.put((byte) (pixel / 8 % 3 == i % 3 ? 255 : 0));
            }
        }
        Files.write(folder.resolve("train-images-idx3-ubyte"), images.array());
        try (OutputStream file =
                        Files.newOutputStream(folder.resolve("train-labels-idx1-ubyte.gz"));
                OutputStream packed = new GZIPOutputStream(file)) {
            packed.write(labels.array());
        }
        return folder;
    }
}
