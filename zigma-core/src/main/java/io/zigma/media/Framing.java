package io.zigma.media;

import java.util.Arrays;

/**
 * Resizes pictures to one size: scaled so that the shorter side fits, then cropped to the centre.
 */
public final class Framing {

    private Framing() {}

    /**
     * Scales and crops a picture.
     *
     * @param picture any size, with the channels of the format
     * @param format the size of the result
     * @return channels × height × width bytes, 0 black to 255 white
     */
    public static byte[] frame(Picture picture, PictureFormat format) {
        double scale =
                Math.max(
                        (double) format.width() / picture.width(),
                        (double) format.height() / picture.height());
        ResampledAxis columns = centred(picture.width(), format.width(), scale);
        ResampledAxis rows = centred(picture.height(), format.height(), scale);
        float[][] lines = shrinkRows(picture, columns, rows, format.width());
        byte[] framed = new byte[format.elements()];
        int line = format.width() * format.channels();
        float[] sum = new float[line];
        for (int y = 0; y < format.height(); y++) {
            Arrays.fill(sum, 0);
            float[] weights = rows.weights(y);
            for (int tap = 0; tap < weights.length; tap++) {
                float[] source = lines[rows.first(y) + tap - rows.begin()];
                for (int i = 0; i < line; i++) {
                    sum[i] += weights[tap] * source[i];
                }
            }
            for (int c = 0; c < format.channels(); c++) {
                int at = (c * format.height() + y) * format.width();
                for (int x = 0; x < format.width(); x++) {
                    // the cubic kernel overshoots at sharp edges
                    framed[at + x] =
                            (byte)
                                    Math.round(
                                            Math.max(
                                                    0, Math.min(255, sum[c * format.width() + x])));
                }
            }
        }
        return framed;
    }

    private static ResampledAxis centred(int source, int target, double scale) {
        double shown = Math.min(source, target / scale);
        return new ResampledAxis(source, (source - shown) / 2, shown, target);
    }

    /** Resamples every row that is needed, one at a time, so that a large picture stays bytes. */
    private static float[][] shrinkRows(
            Picture picture, ResampledAxis columns, ResampledAxis rows, int width) {
        float[] row = new float[picture.channels() * picture.width()];
        float[][] lines = new float[rows.end() - rows.begin()][];
        for (int y = rows.begin(); y < rows.end(); y++) {
            picture.row(y, row);
            float[] line = new float[picture.channels() * width];
            for (int c = 0; c < picture.channels(); c++) {
                for (int x = 0; x < width; x++) {
                    float[] weights = columns.weights(x);
                    int from = c * picture.width() + columns.first(x);
                    float sum = 0;
                    for (int tap = 0; tap < weights.length; tap++) {
                        sum += weights[tap] * row[from + tap];
                    }
                    line[c * width + x] = sum;
                }
            }
            lines[y - rows.begin()] = line;
        }
        return lines;
    }
}
