package io.zigma.pipeline;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;

/**
 * Enlarges a picture by repeating its pixels, so that small ones can be displayed without blur.
 *
 * @param factor how many pixels a side each pixel becomes, 1 … 64
 */
public record Magnification(int factor) {

    /** The largest factor; a 1024-pixel picture at 64 is already beyond what viewers open. */
    public static final int LARGEST = 64;

    /** A side that one sees well; a picture of 28 pixels is a stamp on today's screens. */
    private static final int VISIBLE = 96;

    /**
     * Checks the factor.
     *
     * @throws IllegalArgumentException if it is not within 1 … 64
     */
    public Magnification {
        if (factor < 1 || factor > LARGEST) {
            throw new IllegalArgumentException(
                    "pictures can be magnified 1 to %s times, not %s".formatted(LARGEST, factor));
        }
    }

    /**
     * Returns what it takes to see a small picture well.
     *
     * @param height rows of the picture, at least 1
     * @param width columns of the picture, at least 1
     * @return the smallest factor that makes both sides 96 pixels or more, 1 for larger pictures
     */
    public static Magnification toSee(int height, int width) {
        int side = Math.min(height, width);
        return new Magnification(Math.min((VISIBLE + side - 1) / side, LARGEST));
    }

    /**
     * Enlarges one picture.
     *
     * @param image a grey or RGB picture
     * @return the picture itself at factor 1, else a new one of the same kind
     */
    public BufferedImage apply(BufferedImage image) {
        if (factor == 1) {
            return image;
        }
        int type =
                image.getType() == BufferedImage.TYPE_BYTE_GRAY
                        ? BufferedImage.TYPE_BYTE_GRAY
                        : BufferedImage.TYPE_INT_RGB;
        BufferedImage large =
                new BufferedImage(image.getWidth() * factor, image.getHeight() * factor, type);
        if (type == BufferedImage.TYPE_BYTE_GRAY) {
            WritableRaster samples = large.getRaster();
            for (int y = 0; y < large.getHeight(); y++) {
                for (int x = 0; x < large.getWidth(); x++) {
                    samples.setSample(
                            x, y, 0, image.getRaster().getSample(x / factor, y / factor, 0));
                }
            }
        } else {
            for (int y = 0; y < large.getHeight(); y++) {
                for (int x = 0; x < large.getWidth(); x++) {
                    large.setRGB(x, y, image.getRGB(x / factor, y / factor));
                }
            }
        }
        return large;
    }
}
