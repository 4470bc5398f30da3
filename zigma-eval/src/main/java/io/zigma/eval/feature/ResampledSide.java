package io.zigma.eval.feature;

import java.util.Arrays;

/**
 * How one side of a picture is brought to another length: each new place is a weighted sum of a few
 * old ones. Heights and widths are resampled one after the other.
 */
final class ResampledSide {

    /** Parameter of the cubic kernel that PIL uses, Catmull and Rom's. */
    private static final double PIL_CUBIC = -0.5;

    /** Parameter of the cubic kernel that PyTorch uses. */
    private static final double TORCH_CUBIC = -0.75;

    private final int[] first;
    private final double[][] weights;

    private ResampledSide(int length) {
        first = new int[length];
        weights = new double[length][];
    }

    /**
     * TensorFlow 1's bilinear resizing with its defaults, which the published Fréchet distances
     * were computed with: sample i is at i · old / new, with no half pixel added.
     *
     * @param from old length
     * @param to new length
     */
    static ResampledSide tensorFlowBilinear(int from, int to) {
        ResampledSide side = new ResampledSide(to);
        float scale = (float) from / to; // in float32 there too
        for (int i = 0; i < to; i++) {
            float at = i * scale;
            int lower = Math.min((int) at, from - 1);
            double weight = at - lower;
            side.first[i] = lower;
            side.weights[i] =
                    lower + 1 < from ? new double[] {1 - weight, weight} : new double[] {1};
        }
        return side;
    }

    /**
     * PIL's bicubic resizing: the kernel grows with the step when a picture shrinks, so that
     * nothing is skipped, and is cut off and scaled up again at the edges.
     *
     * @param from old length
     * @param to new length
     */
    static ResampledSide pilBicubic(int from, int to) {
        ResampledSide side = new ResampledSide(to);
        double scale = (double) from / to;
        double stretch = Math.max(1, scale);
        double reach = 2 * stretch;
        for (int i = 0; i < to; i++) {
            double centre = (i + 0.5) * scale;
            int begin = Math.max(0, (int) (centre - reach + 0.5));
            int end = Math.min(from, (int) (centre + reach + 0.5));
            double[] weights = new double[end - begin];
            double sum = 0;
            for (int j = begin; j < end; j++) {
                weights[j - begin] = cubic((j - centre + 0.5) / stretch, PIL_CUBIC);
                sum += weights[j - begin];
            }
            for (int j = 0; j < weights.length; j++) {
                weights[j] /= sum;
            }
            side.first[i] = begin;
            side.weights[i] = weights;
        }
        return side;
    }

    /**
     * PyTorch's bicubic interpolation by a factor that need not be new / old, edges repeated.
     *
     * @param from old length
     * @param to new length
     * @param factor how many new places an old one takes
     */
    static ResampledSide torchBicubic(int from, int to, double factor) {
        ResampledSide side = new ResampledSide(to);
        for (int i = 0; i < to; i++) {
            double at = (i + 0.5) / factor - 0.5;
            int whole = (int) Math.floor(at);
            int begin = clamp(whole - 1, from);
            double[] weights = new double[clamp(whole + 2, from) - begin + 1];
            for (int j = whole - 1; j <= whole + 2; j++) {
                weights[clamp(j, from) - begin] += cubic(at - j, TORCH_CUBIC);
            }
            side.first[i] = begin;
            side.weights[i] = weights;
        }
        return side;
    }

    private static int clamp(int place, int length) {
        return Math.max(0, Math.min(length - 1, place));
    }

    /** Keys' cubic convolution kernel (Keys 1981, equation 4 with a free parameter). */
    private static double cubic(double distance, double a) {
        double x = Math.abs(distance);
        if (x < 1) {
            return ((a + 2) * x - (a + 3)) * x * x + 1;
        }
        return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
    }

    /** Returns the new length. */
    int length() {
        return first.length;
    }

    /**
     * Resamples both sides of planes.
     *
     * @param planes any number of planes, row by row
     * @param height old height
     * @param width old width
     * @param rows how the height changes
     * @param columns how the width changes
     * @return as many planes of the new size
     */
    static float[] resample(
            float[] planes, int height, int width, ResampledSide rows, ResampledSide columns) {
        int count = planes.length / (height * width);
        int newWidth = columns.length();
        float[] result = new float[count * rows.length() * newWidth];
        double[] row = new double[width];
        int place = 0;
        for (int plane = 0; plane < count; plane++) {
            for (int y = 0; y < rows.length(); y++) {
                rows.mix(planes, plane * height * width, width, y, row);
                for (int x = 0; x < newWidth; x++) {
                    double sum = 0;
                    double[] weights = columns.weights[x];
                    for (int j = 0; j < weights.length; j++) {
                        sum += weights[j] * row[columns.first[x] + j];
                    }
                    result[place++] = (float) sum;
                }
            }
        }
        return result;
    }

    /** Mixes old rows into one new row. */
    private void mix(float[] planes, int start, int width, int y, double[] row) {
        Arrays.fill(row, 0);
        for (int j = 0; j < weights[y].length; j++) {
            int from = start + (first[y] + j) * width;
            for (int x = 0; x < width; x++) {
                row[x] += weights[y][j] * planes[from + x];
            }
        }
    }
}
