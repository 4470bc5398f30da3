package io.zigma.media;

import java.io.IOException;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/** PNG: applies eXIf, iCCP, cICP, gAMA and cHRM. */
final class PngDecoder implements FormatDecoder {

    /** Exponents that are visually equal to sRGB's curve; libpng has the same tolerance. */
    private static final double SRGB_GAMMA = 0.45455;

    private static final double SAME_GAMMA = 0.05;

    private static final int BT_709 = 1;
    private static final int P3 = 12;
    private static final int SRGB_CURVE = 13;

    @Override
    public Decoded decode(ImageInputStream in) throws IOException {
        PngChunks chunks = PngChunks.read(in);
        try (PlatformReader reader = new PlatformReader("png", in)) {
            StoredSamples samples = PlatformReader.samples(reader.image(0));
            return new Decoded(
                    samples,
                    chunks.exif().orientation(),
                    colours(chunks, samples),
                    chunks.pictures());
        }
    }

    /** The precedence is that of the third edition of PNG (2025, section 4.3). */
    static @Nullable RowColours colours(PngChunks chunks, StoredSamples samples)
            throws MediaException {
        byte[] points = chunks.codePoints();
        if (points != null && points.length == 4) {
            if (points[1] == SRGB_CURVE && points[2] == 0 && points[3] == 1) {
                if (points[0] == BT_709) {
                    return null;
                }
                if (points[0] == P3) {
                    return RgbEncoding.displayP3();
                }
            }
            throw new MediaException(
                    "has colours of kind %s/%s (cICP), which cannot be used; convert it to sRGB"
                            .formatted(points[0], points[1]));
        }
        if (chunks.profile() != null) {
            // a palette is RGB also where all of its colours are grey
            return IccColours.of(chunks.profile(), samples);
        }
        if (chunks.srgb()) {
            return null;
        }
        if (chunks.exif().adobeRgb() && chunks.gamma() == 0) {
            return chunks.exif().colours();
        }
        boolean otherCurve =
                chunks.gamma() != 0 && Math.abs(chunks.gamma() / SRGB_GAMMA - 1) > SAME_GAMMA;
        boolean otherPrimaries =
                samples.colours() > 1
                        && chunks.chromaticities() != null
                        && !RgbEncoding.isSrgb(chunks.chromaticities());
        if (!otherCurve && !otherPrimaries) {
            return null;
        }
        return new RgbEncoding(
                otherCurve ? 1 / chunks.gamma() : 0,
                otherPrimaries ? chunks.chromaticities() : null);
    }
}
