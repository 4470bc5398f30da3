package io.zigma.media;

import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import org.jspecify.annotations.Nullable;

/** Samples of 8 or 16 bits, one after another in a raster of the Java platform. */
final class RasterSamples implements StoredSamples {

    private static final float WHITE = 255;

    private final Raster raster;
    private final int colours;
    private final int alphaBand;
    private final boolean premultiplied;
    private final float scale;
    private int @Nullable [] buffer;

    /**
     * Wraps a raster.
     *
     * @param raster colours in the first bands; unsigned samples that use all of their bits
     * @param colours how many bands are colours
     * @param alphaBand the band of opacity, −1 for none
     * @param premultiplied whether colours are multiplied with it already
     * @throws MediaException if samples are neither of 8 nor of 16 bits
     */
    RasterSamples(Raster raster, int colours, int alphaBand, boolean premultiplied)
            throws MediaException {
        if (raster.getNumBands() < Math.max(colours, alphaBand + 1)) {
            throw new MediaException(
                    "has %s samples a pixel where %s are needed"
                            .formatted(raster.getNumBands(), Math.max(colours, alphaBand + 1)));
        }
        int bits = raster.getSampleModel().getSampleSize(0);
        int type = raster.getTransferType();
        boolean plain =
                type == DataBuffer.TYPE_BYTE && bits <= 8
                        || type == DataBuffer.TYPE_USHORT && bits <= 16;
        if (!plain) {
            throw new MediaException(
                    "has samples of a kind that cannot be read faithfully; convert it to 8 or 16 bits");
        }
        this.raster = raster;
        this.colours = colours;
        this.alphaBand = alphaBand;
        this.premultiplied = premultiplied;
        this.scale = WHITE / ((1 << bits) - 1);
    }

    @Override
    public int width() {
        return raster.getWidth();
    }

    @Override
    public int height() {
        return raster.getHeight();
    }

    @Override
    public int colours() {
        return colours;
    }

    @Override
    public boolean deep() {
        return raster.getTransferType() != DataBuffer.TYPE_BYTE;
    }

    @Override
    public void line(boolean column, int number, float[] planes, float[] alpha) {
        int n = column ? height() : width();
        int x = raster.getMinX() + (column ? number : 0);
        int y = raster.getMinY() + (column ? 0 : number);
        int[] samples = raster.getPixels(x, y, column ? 1 : n, column ? n : 1, buffer);
        buffer = samples;
        int bands = raster.getNumBands();
        for (int i = 0; i < n; i++) {
            float opaque = alphaBand < 0 ? 1 : samples[i * bands + alphaBand] * scale / WHITE;
            alpha[i] = opaque;
            float factor = premultiplied && opaque > 0 ? scale / opaque : scale;
            for (int c = 0; c < colours; c++) {
                float level = samples[i * bands + c] * factor;
                // a colour that exceeds its opacity is damaged or rounded
                planes[c * n + i] = premultiplied ? Math.min(WHITE, level) : level;
            }
        }
    }
}
