package io.zigma.eval.metric;

/**
 * How alike two pictures are, pixel by pixel: PSNR, and the structural similarity of Wang et al.
 * 2004 (Image Quality Assessment: From Error Visibility to Structural Similarity) with its windows
 * of 11 × 11 and deviation 1.5, its constants 0.01 and 0.03, the mean over whole windows and
 * channels.
 */
public final class PictureSimilarity {

    /** Pixels along a side of a window of the structural similarity. */
    public static final int WINDOW = 11;

    private static final double LARGEST = 255;
    private static final double DEVIATION = 1.5;
    private static final double C1 = Math.pow(0.01 * LARGEST, 2);
    private static final double C2 = Math.pow(0.03 * LARGEST, 2);
    private static final double[] WEIGHTS = weights();

    /**
     * Of equal pictures the ratio is infinite; this is what one level in one of 10⁵ values gives.
     */
    private static final double HIGHEST = 100;

    private PictureSimilarity() {}

    private static double[] weights() {
        double[] weights = new double[WINDOW];
        double sum = 0;
        for (int i = 0; i < WINDOW; i++) {
            double distance = i - WINDOW / 2;
            weights[i] = Math.exp(-distance * distance / (2 * DEVIATION * DEVIATION));
            sum += weights[i];
        }
        for (int i = 0; i < WINDOW; i++) {
            weights[i] /= sum;
        }
        return weights;
    }

    /**
     * Returns the peak signal-to-noise ratio.
     *
     * @param one levels from 0 to 255
     * @param other as many
     * @return decibels, 100 at most
     */
    public static double psnr(byte[] one, byte[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            double difference = (one[i] & 0xff) - (other[i] & 0xff);
            sum += difference * difference;
        }
        return sum == 0
                ? HIGHEST
                : Math.min(HIGHEST, 10 * Math.log10(LARGEST * LARGEST * one.length / sum));
    }

    /**
     * Returns the structural similarity.
     *
     * @param one levels from 0 to 255, channel by channel
     * @param other as many
     * @param channels how many
     * @param height rows, at least 11
     * @param width columns, at least 11
     * @return 1 for equal pictures
     * @throws IllegalArgumentException if there is no whole window
     */
    public static double ssim(byte[] one, byte[] other, int channels, int height, int width) {
        if (height < WINDOW || width < WINDOW) {
            throw new IllegalArgumentException(
                    "structural similarity is of windows of %s × %s pixels, these pictures have %s × %s"
                            .formatted(WINDOW, WINDOW, height, width));
        }
        double sum = 0;
        int plane = height * width;
        for (int c = 0; c < channels; c++) {
            double[] x = channel(one, c * plane, plane);
            double[] y = channel(other, c * plane, plane);
            double[] meanX = blurred(x, height, width);
            double[] meanY = blurred(y, height, width);
            double[] squareX = blurred(product(x, x), height, width);
            double[] squareY = blurred(product(y, y), height, width);
            double[] both = blurred(product(x, y), height, width);
            double total = 0;
            for (int i = 0; i < meanX.length; i++) {
                double varianceX = squareX[i] - meanX[i] * meanX[i];
                double varianceY = squareY[i] - meanY[i] * meanY[i];
                double covariance = both[i] - meanX[i] * meanY[i];
                total +=
                        (2 * meanX[i] * meanY[i] + C1)
                                * (2 * covariance + C2)
                                / ((meanX[i] * meanX[i] + meanY[i] * meanY[i] + C1)
                                        * (varianceX + varianceY + C2));
            }
            sum += total / meanX.length;
        }
        return sum / channels;
    }

    private static double[] channel(byte[] levels, int from, int count) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = levels[from + i] & 0xff;
        }
        return values;
    }

    private static double[] product(double[] x, double[] y) {
        double[] product = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            product[i] = x[i] * y[i];
        }
        return product;
    }

    /** Weighs whole windows, along rows and then along columns. */
    private static double[] blurred(double[] x, int height, int width) {
        int columns = width - WINDOW + 1;
        int rows = height - WINDOW + 1;
        double[] across = new double[height * columns];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < columns; column++) {
                double sum = 0;
                for (int k = 0; k < WINDOW; k++) {
                    sum += WEIGHTS[k] * x[row * width + column + k];
                }
                across[row * columns + column] = sum;
            }
        }
        double[] both = new double[rows * columns];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                double sum = 0;
                for (int k = 0; k < WINDOW; k++) {
                    sum += WEIGHTS[k] * across[(row + k) * columns + column];
                }
                both[row * columns + column] = sum;
            }
        }
        return both;
    }
}
