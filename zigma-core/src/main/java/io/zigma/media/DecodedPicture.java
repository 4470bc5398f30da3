package io.zigma.media;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A picture of the Java platform as grey or colour floats: any bit depth, transparency laid over
 * white.
 */
final class DecodedPicture implements Picture {

    // luma of ITU-R BT.601, as JPEG has it
    private static final float RED = 0.299f;
    private static final float GREEN = 0.587f;
    private static final float BLUE = 0.114f;
    private static final float WHITE = 255;

    private final BufferedImage image;
    private final int channels;
    private final boolean readsSamples;
    private int @Nullable [] buffer;

    /**
     * Wraps a picture.
     *
     * @param image any type
     * @param channels 1 or 3
     */
    DecodedPicture(BufferedImage image, int channels) {
        this.image = image;
        this.channels = channels;
        this.readsSamples = samplesAreColours(image.getColorModel());
    }

    /**
     * Tells whether samples can be taken as they are: 8 or 16 bits, sRGB or grey.
     *
     * <p>Grey must be: the platform believes that grey files hold linear light, which no PNG or
     * JPEG in practice does, and would brighten them.
     */
    private static boolean samplesAreColours(ColorModel model) {
        if (!(model instanceof ComponentColorModel) || model.isAlphaPremultiplied()) {
            return false;
        }
        int type = model.getTransferType();
        int[] bits = model.getComponentSize();
        return (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT)
                && Arrays.stream(bits).allMatch(b -> b == bits[0])
                && (model.getColorSpace().getType() == ColorSpace.TYPE_GRAY
                        || model.getColorSpace().isCS_sRGB());
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
    public int channels() {
        return channels;
    }

    @Override
    public void row(int y, float[] row) {
        if (readsSamples) {
            sampleRow(y, row);
        } else {
            argbRow(y, row);
        }
    }

    private void sampleRow(int y, float[] row) {
        ColorModel model = image.getColorModel();
        int colours = model.getNumColorComponents();
        int bands = model.getNumComponents();
        int width = image.getWidth();
        int[] samples = image.getRaster().getPixels(0, y, width, 1, buffer);
        buffer = samples;
        float scale = WHITE / ((1 << model.getComponentSize(0)) - 1);
        for (int x = 0; x < width; x++) {
            int at = x * bands;
            float alpha = model.hasAlpha() ? samples[at + colours] * scale / WHITE : 1;
            float first = samples[at] * scale;
            float second = colours == 1 ? first : samples[at + 1] * scale;
            float third = colours == 1 ? first : samples[at + 2] * scale;
            put(row, x, first, second, third, alpha);
        }
    }

    private void argbRow(int y, float[] row) {
        int width = image.getWidth();
        int[] pixels = image.getRGB(0, y, width, 1, buffer, 0, width);
        buffer = pixels;
        for (int x = 0; x < width; x++) {
            int pixel = pixels[x];
            put(
                    row,
                    x,
                    pixel >> 16 & 0xff,
                    pixel >> 8 & 0xff,
                    pixel & 0xff,
                    (pixel >>> 24) / WHITE);
        }
    }

    private void put(float[] row, int x, float red, float green, float blue, float alpha) {
        int width = image.getWidth();
        float behind = WHITE * (1 - alpha);
        if (channels == 1) {
            row[x] = alpha * (RED * red + GREEN * green + BLUE * blue) + behind;
        } else {
            row[x] = alpha * red + behind;
            row[width + x] = alpha * green + behind;
            row[2 * width + x] = alpha * blue + behind;
        }
    }
}
