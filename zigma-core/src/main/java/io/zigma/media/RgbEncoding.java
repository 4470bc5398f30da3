package io.zigma.media;

import org.jspecify.annotations.Nullable;

/**
 * Red, green and blue of other primaries or another curve than sRGB's, described by numbers and not
 * by a profile: PNG's gAMA and cHRM, Exif's marker of Adobe RGB.
 *
 * <p>Each value becomes linear light, the light XYZ, the white point is adapted by Bradford's
 * matrix, and linear sRGB gets its curve (IEC 61966-2-1).
 */
final class RgbEncoding implements RowColours {

    /** Primaries and white of sRGB: white x, y, red x, y, green x, y, blue x, y. */
    static final double[] SRGB_CHROMATICITIES = {0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06};

    /** Adobe RGB (1998), sections 4.3.1.1 and 4.3.1.2. */
    private static final double[] ADOBE_CHROMATICITIES = {
        0.3127, 0.329, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06
    };

    private static final double ADOBE_GAMMA = 2.19921875;

    /** SMPTE RP 431-2 with the white of D65, as on displays. */
    private static final double[] P3_CHROMATICITIES = {
        0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06
    };

    private static final double SAME_CHROMATICITY = 0.005;

    private static final double[][] BRADFORD = {
        {0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}
    };

    private final double gamma;
    private final double @Nullable [][] matrix;

    /**
     * Makes an encoding.
     *
     * @param gamma the exponent from a value to linear light; 0 for sRGB's curve
     * @param chromaticities eight numbers in the order of {@link #SRGB_CHROMATICITIES}; null for
     *     those of sRGB
     */
    RgbEncoding(double gamma, double @Nullable [] chromaticities) {
        this.gamma = gamma;
        this.matrix =
                chromaticities == null || isSrgb(chromaticities) ? null : toSrgb(chromaticities);
    }

    /** Returns what Exif means by "R03" and cameras by Adobe RGB. */
    static RgbEncoding adobe() {
        return new RgbEncoding(ADOBE_GAMMA, ADOBE_CHROMATICITIES);
    }

    /** Returns Display P3: P3's primaries, sRGB's curve. */
    static RgbEncoding displayP3() {
        return new RgbEncoding(0, P3_CHROMATICITIES);
    }

    /** Returns whether primaries are those of sRGB, to the precision of files. */
    static boolean isSrgb(double[] chromaticities) {
        for (int i = 0; i < chromaticities.length; i++) {
            if (Math.abs(chromaticities[i] - SRGB_CHROMATICITIES[i]) > SAME_CHROMATICITY) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void toSrgb(float[] planes, int n) {
        double[] linear = new double[3];
        for (int i = 0; i < n; i++) {
            for (int c = 0; c < 3; c++) {
                linear[c] = light(planes[c * n + i] / 255);
            }
            double[] mixed = matrix == null ? linear : times(matrix, linear);
            for (int c = 0; c < 3; c++) {
                planes[c * n + i] = (float) (255 * curve(Math.max(0, Math.min(1, mixed[c]))));
            }
        }
    }

    private double light(double value) {
        if (gamma != 0) {
            return Math.pow(value, gamma);
        }
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }

    private static double curve(double light) {
        return light <= 0.0031308 ? 12.92 * light : 1.055 * Math.pow(light, 1 / 2.4) - 0.055;
    }

    private static double[][] toSrgb(double[] chromaticities) {
        double[][] here = toXyz(chromaticities);
        double[][] there = toXyz(SRGB_CHROMATICITIES);
        double[] one = {1, 1, 1};
        double[] white = times(BRADFORD, times(here, one));
        double[] wanted = times(BRADFORD, times(there, one));
        double[][] scaled = new double[3][3];
        for (int i = 0; i < 3; i++) {
            scaled[i][i] = wanted[i] / white[i];
        }
        double[][] adapted = times(inverse(BRADFORD), times(scaled, BRADFORD));
        return times(inverse(there), times(adapted, here));
    }

    /** Linear red, green, blue to XYZ with the white's Y at 1 (Lindbloom, "RGB/XYZ Matrices"). */
    private static double[][] toXyz(double[] chromaticities) {
        double[][] primaries = new double[3][3];
        for (int c = 0; c < 3; c++) {
            double[] xyz = xyz(chromaticities[2 + 2 * c], chromaticities[3 + 2 * c]);
            for (int i = 0; i < 3; i++) {
                primaries[i][c] = xyz[i];
            }
        }
        double[] amounts = times(inverse(primaries), xyz(chromaticities[0], chromaticities[1]));
        for (double[] row : primaries) {
            for (int c = 0; c < 3; c++) {
                row[c] *= amounts[c];
            }
        }
        return primaries;
    }

    private static double[] xyz(double x, double y) {
        return new double[] {x / y, 1, (1 - x - y) / y};
    }

    private static double[] times(double[][] matrix, double[] vector) {
        double[] result = new double[3];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                result[i] += matrix[i][j] * vector[j];
            }
        }
        return result;
    }

    private static double[][] times(double[][] a, double[][] b) {
        double[][] result = new double[3][3];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                for (int k = 0; k < 3; k++) {
                    result[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return result;
    }

    private static double[][] inverse(double[][] m) {
        double[][] result = new double[3][3];
        double determinant = 0;
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                int a = (j + 1) % 3;
                int b = (j + 2) % 3;
                int c = (i + 1) % 3;
                int d = (i + 2) % 3;
                result[i][j] = m[a][c] * m[b][d] - m[a][d] * m[b][c];
            }
        }
        for (int j = 0; j < 3; j++) {
            determinant += m[0][j] * result[j][0];
        }
        for (double[] row : result) {
            for (int j = 0; j < 3; j++) {
                row[j] /= determinant;
            }
        }
        return result;
    }
}
