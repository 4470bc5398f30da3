package io.zigma.media;

import java.awt.image.BufferedImage;
import org.jspecify.annotations.Nullable;

/** Pictures with a palette, or with several colours in one number, as red, green and blue. */
final class ArgbSamples extends RgbSamples {

    private final BufferedImage image;
    private int @Nullable [] buffer;

    /**
     * Wraps a picture.
     *
     * @param image of the platform's own RGB; a grey one would be made brighter
     */
    ArgbSamples(BufferedImage image) {
        this.image = image;
    }

    @Override
    public int width() {
        return image.getWidth();
    }

    @Override
    public int height() {
        return image.getHeight();
    }

    @Override
    public void line(boolean column, int number, float[] planes, float[] alpha) {
        int n = column ? height() : width();
        int[] pixels =
                column
                        ? image.getRGB(number, 0, 1, n, buffer, 0, 1)
                        : image.getRGB(0, number, n, 1, buffer, 0, n);
        buffer = pixels;
        for (int i = 0; i < n; i++) {
            put(pixels[i], i, n, planes, alpha);
        }
    }
}
