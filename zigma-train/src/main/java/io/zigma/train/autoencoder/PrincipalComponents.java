package io.zigma.train.autoencoder;

import io.zigma.codec.DeepAutoencoderConfig;
import io.zigma.codec.LinearAutoencoder;
import io.zigma.train.data.ImageDataset;
import java.util.SplittableRandom;

/**
 * The linear autoencoder of least error: the principal components of squares of pixels, each scaled
 * so that its latents have variance 1.
 *
 * <p>The leading eigenvectors of the covariance come from orthogonal iteration (Golub and Van Loan,
 * Matrix Computations, section 8.2.4) with a few vectors more than are wanted, which it takes to
 * converge where eigenvalues lie close together.
 */
public final class PrincipalComponents {

    /** Squares of all pictures together; each has a few hundred numbers. */
    private static final int SQUARES = 40_000;

    private static final int MOST_OF_A_PICTURE = 64;
    private static final int ITERATIONS = 60;
    private static final int MORE = 8;

    /** No latent is scaled up beyond what the eighth bit of pixels is. */
    private static final double LEAST_DEVIATION = 1e-3;

    private final int size; // C·f·f
    private final double[] mean;
    private final double[][] covariance; // its lower triangle: 0.6 GB for colour and f = 64

    private PrincipalComponents(int size, double[] mean, double[][] covariance) {
        this.size = size;
        this.mean = mean;
        this.covariance = covariance;
    }

    /**
     * Fits a linear autoencoder to pictures.
     *
     * @param data pictures of whole squares
     * @param config number of channels, side of a square
     * @param seed decides which squares are measured
     * @return the autoencoder
     */
    public static LinearAutoencoder of(ImageDataset data, DeepAutoencoderConfig config, long seed) {
        return measured(data, config.factor(), seed).autoencoder(config.latentChannels(), seed);
    }

    private static PrincipalComponents measured(ImageDataset data, int f, long seed) {
        int size = data.channels() * f * f;
        int rows = data.height() / f;
        int columns = data.width() / f;
        int each =
                Math.min(
                        rows * columns,
                        Math.max(MOST_OF_A_PICTURE, (SQUARES + data.size() - 1) / data.size()));
        int pictures = Math.min(data.size(), Math.max(1, SQUARES / each));
        float[] pixels = new float[data.channels() * data.height() * data.width()];
        double[] sum = new double[size];
        double[][] products = new double[size][];
        for (int a = 0; a < size; a++) {
            products[a] = new double[a + 1];
        }
        double[] square = new double[size];
        SplittableRandom random = new SplittableRandom(seed);
        long count = 0;
        for (int i = 0; i < pictures; i++) {
            data.read((int) ((long) i * data.size() / pictures), false, pixels, 0);
            for (int k = 0; k < each; k++) {
                int at = each == rows * columns ? k : random.nextInt(rows * columns);
                cut(data, pixels, f, at / columns * f, at % columns * f, square);
                for (int a = 0; a < size; a++) {
                    sum[a] += square[a];
                    double[] row = products[a];
                    double value = square[a];
                    for (int b = 0; b <= a; b++) {
                        row[b] += value * square[b];
                    }
                }
                count++;
            }
        }
        for (int a = 0; a < size; a++) {
            sum[a] /= count;
        }
        for (int a = 0; a < size; a++) {
            for (int b = 0; b <= a; b++) {
                products[a][b] = products[a][b] / count - sum[a] * sum[b];
            }
        }
        return new PrincipalComponents(size, sum, products);
    }

    private static void cut(
            ImageDataset data, float[] pixels, int f, int top, int left, double[] square) {
        int at = 0;
        for (int c = 0; c < data.channels(); c++) {
            for (int y = 0; y < f; y++) {
                int from = (c * data.height() + top + y) * data.width() + left;
                for (int x = 0; x < f; x++) {
                    square[at] = pixels[from + x];
                    at++;
                }
            }
        }
    }

    private LinearAutoencoder autoencoder(int channels, long seed) {
        int wide = Math.min(size, channels + MORE);
        double[][] vectors = new double[wide][size];
        SplittableRandom random = new SplittableRandom(~seed);
        for (double[] vector : vectors) {
            for (int i = 0; i < size; i++) {
                vector[i] = random.nextDouble(-1, 1);
            }
        }
        double[] values = orthonormalised(vectors);
        for (int i = 0; i < ITERATIONS; i++) {
            for (int k = 0; k < wide; k++) {
                vectors[k] = times(vectors[k]);
            }
            values = orthonormalised(vectors);
        }
        float[] encoder = new float[channels * size];
        float[] offset = new float[channels];
        float[] decoder = new float[size * channels];
        float[] middle = new float[size];
        for (int i = 0; i < size; i++) {
            middle[i] = (float) mean[i];
        }
        for (int k = 0; k < channels; k++) {
            double deviation = Math.max(LEAST_DEVIATION, Math.sqrt(values[k]));
            double projected = 0;
            for (int i = 0; i < size; i++) {
                encoder[k * size + i] = (float) (vectors[k][i] / deviation);
                decoder[i * channels + k] = (float) (vectors[k][i] * deviation);
                projected += vectors[k][i] * mean[i];
            }
            offset[k] = (float) (-projected / deviation);
        }
        return new LinearAutoencoder(encoder, offset, decoder, middle);
    }

    private double[] times(double[] vector) {
        double[] product = new double[size];
        for (int i = 0; i < size; i++) {
            double[] row = covariance[i];
            double own = vector[i];
            double sum = 0;
            for (int j = 0; j < i; j++) {
                sum += row[j] * vector[j];
                product[j] += row[j] * own; // the mirrored element, in the order of the columns
            }
            product[i] = sum + row[i] * own;
        }
        return product;
    }

    /**
     * Makes vectors orthonormal one after the other, twice over for rounding, and returns their
     * lengths before: eigenvalues once the vectors have converged. A vector that depends on those
     * before it becomes zero.
     */
    private static double[] orthonormalised(double[][] vectors) {
        double[] lengths = new double[vectors.length];
        for (int k = 0; k < vectors.length; k++) {
            double[] vector = vectors[k];
            double before = length(vector);
            for (int pass = 0; pass < 2; pass++) {
                for (int j = 0; j < k; j++) {
                    double along = 0;
                    for (int i = 0; i < vector.length; i++) {
                        along += vector[i] * vectors[j][i];
                    }
                    for (int i = 0; i < vector.length; i++) {
                        vector[i] -= along * vectors[j][i];
                    }
                }
            }
            double length = length(vector);
            lengths[k] = length;
            double scale = length > 1e-12 * before && length > 0 ? 1 / length : 0;
            for (int i = 0; i < vector.length; i++) {
                vector[i] *= scale;
            }
        }
        return lengths;
    }

    private static double length(double[] vector) {
        double sum = 0;
        for (double value : vector) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }
}
