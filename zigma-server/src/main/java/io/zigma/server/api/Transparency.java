package io.zigma.server.api;

import io.zigma.media.PngFile;
import io.zigma.server.http.HttpException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The masks of OpenAI's clients, which are transparent where to paint, as masks of this project,
 * which are white there.
 */
final class Transparency {

    private static final int LARGEST_SIDE = 4096;
    private static final int UNREADABLE = 400;
    private static final int OPAQUE = 255;

    private Transparency() {}

    /**
     * Makes a mask of what is wholly transparent. One picture at a time, for each takes up to 80
     * MiB.
     *
     * @param field what refusals call the picture
     * @param png a PNG file of at most 4096 × 4096 pixels
     * @return a grey PNG file; empty where nothing is transparent
     * @throws HttpException if it is damaged, too large or no PNG file
     */
    static synchronized Optional<byte[]> mask(String field, byte[] png) {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("png");
        ImageReader reader = readers.next();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(png))) {
            reader.setInput(in, true, true);
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            if (width > LARGEST_SIDE || height > LARGEST_SIDE) {
                throw new HttpException(
                        UNREADABLE,
                        "%s has %s×%s pixels; send at most %s×%s"
                                .formatted(field, width, height, LARGEST_SIDE, LARGEST_SIDE));
            }
            BufferedImage picture = reader.read(0);
            return picture.getColorModel().hasAlpha() ? mask(picture) : Optional.empty();
        } catch (IOException | RuntimeException e) {
            if (e instanceof HttpException known) {
                throw known;
            }
            throw new HttpException(
                    UNREADABLE, "%s is no PNG file, or a damaged one".formatted(field));
        } finally {
            reader.dispose();
        }
    }

    private static Optional<byte[]> mask(BufferedImage picture) {
        BufferedImage mask =
                new BufferedImage(
                        picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_BYTE_GRAY);
        boolean any = false;
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                if (picture.getRGB(x, y) >>> 24 == 0) {
                    mask.getRaster().setSample(x, y, 0, OPAQUE);
                    any = true;
                }
            }
        }
        return any ? Optional.of(PngFile.bytes(mask, Map.of())) : Optional.empty();
    }
}
