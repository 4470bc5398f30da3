package io.zigma.media;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/** JPEG: applies Exif and XMP, ICC profiles, and Adobe's marker of CMYK and YCCK. */
final class JpegDecoder implements FormatDecoder {

    private static final int CMYK = 4;

    @Override
    public Decoded decode(ImageInputStream in) throws IOException {
        JpegSegments segments = JpegSegments.read(in);
        try (ImageInputStream plain = segments.withoutMetadata(in);
                PlatformReader reader = new PlatformReader("jpeg", plain)) {
            StoredSamples samples;
            if (segments.components() == CMYK) {
                // checked before decoding: without a profile decoding is useless
                IccColours.requireInks(segments.profile());
                samples = new RasterSamples(inks(reader.raster(), segments), CMYK, -1, false);
            } else {
                BufferedImage image = reader.image(0);
                samples = PlatformReader.samples(image);
            }
            return new Decoded(
                    samples, segments.exif().orientation(), colours(segments, samples), 1);
        }
    }

    private static @Nullable RowColours colours(JpegSegments segments, StoredSamples samples)
            throws MediaException {
        return segments.profile() == null && samples.colours() == 3
                ? segments.exif().colours()
                : IccColours.of(segments.profile(), samples);
    }

    /** Converts stored samples to amounts of ink, 0 for none, as profiles use. */
    private static Raster inks(Raster stored, JpegSegments segments) {
        int width = stored.getWidth();
        int height = stored.getHeight();
        WritableRaster inks =
                Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, width, height, CMYK, null);
        int[] row = new int[CMYK * width];
        for (int y = 0; y < height; y++) {
            stored.getPixels(stored.getMinX(), stored.getMinY() + y, width, 1, row);
            for (int at = 0; at < row.length; at += CMYK) {
                if (segments.adobeTransform() == JpegSegments.ADOBE_YCCK) {
                    toRgb(row, at);
                }
                if (segments.adobeTransform() != JpegSegments.NO_ADOBE) {
                    // Adobe's programs store inverted values
                    for (int c = 0; c < CMYK; c++) {
                        row[at + c] = 255 - row[at + c];
                    }
                }
            }
            inks.setPixels(0, y, width, 1, row);
        }
        return inks;
    }

    /** YCbCr of full range to RGB (ITU-T T.871, section 7); K stays. */
    private static void toRgb(int[] row, int at) {
        double y = row[at];
        double cb = row[at + 1] - 128;
        double cr = row[at + 2] - 128;
        row[at] = level(y + 1.402 * cr);
        row[at + 1] = level(y - 0.344136 * cb - 0.714136 * cr);
        row[at + 2] = level(y + 1.772 * cb);
    }

    private static int level(double value) {
        return (int) Math.round(Math.max(0, Math.min(255, value)));
    }
}
