package io.zigma.media;

import org.jcodec.codecs.h264.io.model.SeqParameterSet;
import org.jcodec.codecs.h264.io.model.VUIParameters;
import org.jspecify.annotations.Nullable;

/**
 * How brightness and two colour differences become red, green and blue (ITU-T H.273, section 8.3).
 *
 * @param red weight of red in the brightness, KR
 * @param blue weight of blue, KB
 * @param full whether all 256 levels are used, in place of 16 to 235 and 16 to 240
 */
record YuvColours(double red, double blue, boolean full) {

    /** ITU-R BT.601, standard definition. */
    static final YuvColours BT_601 = new YuvColours(0.299, 0.114, false);

    /** ITU-R BT.709, high definition. */
    private static final YuvColours BT_709 = new YuvColours(0.2126, 0.0722, false);

    private static final YuvColours BT_2020 = new YuvColours(0.2627, 0.0593, false);

    private static final int UNSPECIFIED = 2;

    /** From so many lines on a video is of high definition; programs assume its colours by that. */
    private static final int HIGH_DEFINITION_LINES = 720;

    /**
     * Finds the colours of a video: those that its stream names, else those that the file names,
     * else those that other programs assume.
     *
     * @param sequence the stream's settings
     * @param container matrix coefficients and whether the range is full, as the file's box {@code
     *     colr} has them; null for none
     * @param height coded lines
     * @throws MediaException if they cannot be converted
     */
    static YuvColours of(SeqParameterSet sequence, Mp4Track.@Nullable Colours container, int height)
            throws MediaException {
        VUIParameters usability = sequence.vuiParams;
        boolean full = usability != null && usability.videoFullRangeFlag;
        int matrix =
                usability != null && usability.colourDescriptionPresentFlag
                        ? usability.matrixCoefficients
                        : UNSPECIFIED;
        if (matrix == UNSPECIFIED && container != null) {
            matrix = container.matrix();
            full |= container.full();
        }
        YuvColours limited =
                switch (matrix) {
                    case 1 -> BT_709;
                    case UNSPECIFIED, 3 -> height >= HIGH_DEFINITION_LINES ? BT_709 : BT_601;
                    case 4, 5, 6 -> BT_601;
                    case 9 -> BT_2020;
                    default ->
                            throw Mp4Clip.refused(
                                    "video with matrix coefficients %s".formatted(matrix));
                };
        return new YuvColours(limited.red, limited.blue, full);
    }

    /**
     * Converts a pixel.
     *
     * @param y brightness, 0 to 255
     * @param u difference of blue, 0 to 255, 128 for none
     * @param v difference of red
     * @param planes where to write red, green, blue, from 0 to 255
     * @param at index of red
     * @param n distance between colours
     */
    void toRgb(float y, float u, float v, float[] planes, int at, int n) {
        double light = full ? y : (y - 16) * 255.0 / 219;
        double scale = full ? 1 : 255.0 / 224;
        double differenceOfBlue = (u - 128) * scale;
        double differenceOfRed = (v - 128) * scale;
        double r = light + 2 * (1 - red) * differenceOfRed;
        double b = light + 2 * (1 - blue) * differenceOfBlue;
        double g = (light - red * r - blue * b) / (1 - red - blue);
        planes[at] = level(r);
        planes[at + n] = level(g);
        planes[at + 2 * n] = level(b);
    }

    /**
     * Converts a pixel.
     *
     * @param rgb as 0xRRGGBB
     * @param yuv gets brightness and both colour differences, from 0 to 255
     */
    void fromRgb(int rgb, double[] yuv) {
        double r = rgb >> 16 & 0xff;
        double g = rgb >> 8 & 0xff;
        double b = rgb & 0xff;
        double light = red * r + (1 - red - blue) * g + blue * b;
        double scale = full ? 1 : 224.0 / 255;
        yuv[0] = full ? light : 16 + light * 219 / 255;
        yuv[1] = 128 + (b - light) / (2 * (1 - blue)) * scale;
        yuv[2] = 128 + (r - light) / (2 * (1 - red)) * scale;
    }

    private static float level(double value) {
        return Math.round(Math.max(0, Math.min(255, value)));
    }
}
