package io.zigma.eval.metric;

import io.zigma.eval.npz.NpyArray;
import io.zigma.eval.npz.NpyException;
import io.zigma.eval.npz.NpzFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Mean and covariance of a set's features, all that the Fréchet distance needs of it.
 *
 * <p>Written and read as the {@code .npz} that FID tools exchange: {@code mu} of shape (D) and
 * {@code sigma} of shape (D, D), the covariance with divisor N − 1.
 */
public final class FeatureStatistics {

    /** More features would make a covariance of over 2 GiB. */
    static final int MOST_FEATURES = 1 << 14;

    // files in float32 are off by 6e-8 of an element; what is off by more is no rounding
    private static final double ROUNDING = 1e-6;

    private static final String MEAN = "mu";
    private static final String COVARIANCE = "sigma";

    private final double[] mean;
    private final double[] covariance;
    private final double rounding;

    /**
     * Takes a mean and a covariance; the arrays are not copied.
     *
     * @param mean D features' means
     * @param covariance (D, D) row by row, symmetric, no covariance larger than the variances allow
     * @throws IllegalArgumentException if that is no mean and covariance of one set of features
     */
    public FeatureStatistics(double[] mean, double[] covariance) {
        this(mean, covariance, 0);
    }

    private FeatureStatistics(double[] mean, double[] covariance, double rounding) {
        int features = mean.length;
        requireFeatures(features);
        if (covariance.length != features * features) {
            throw new IllegalArgumentException(
                    "%s means need a covariance of %s × %s = %s values, not %s"
                            .formatted(
                                    features,
                                    features,
                                    features,
                                    features * features,
                                    covariance.length));
        }
        requireFinite(MEAN, mean);
        requireFinite(COVARIANCE, covariance);
        requireCovariance(features, covariance, Math.max(ROUNDING, 4 * rounding));
        this.rounding = rounding;
        this.mean = mean;
        this.covariance = covariance;
    }

    /** Refuses a number of features that has no covariance in memory. */
    static void requireFeatures(int features) {
        if (features < 1 || features > MOST_FEATURES) {
            throw new IllegalArgumentException(
                    "statistics of %s features; between 1 and %s are possible"
                            .formatted(features, MOST_FEATURES));
        }
    }

    private static void requireFinite(String name, double[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                throw new IllegalArgumentException(
                        "%s has %s at %s; statistics must be finite".formatted(name, values[i], i));
            }
        }
    }

    private static void requireCovariance(int features, double[] covariance, double tolerance) {
        double largest = 0;
        for (int i = 0; i < features; i++) {
            double variance = covariance[i * features + i];
            if (variance < 0) {
                throw new IllegalArgumentException(
                        "sigma has the variance %s at %s; it is not a covariance"
                                .formatted(variance, i));
            }
            largest = Math.max(largest, variance);
        }
        double allowed = tolerance * largest;
        for (int i = 0; i < features; i++) {
            double variance = covariance[i * features + i];
            for (int j = 0; j < i; j++) {
                double lower = covariance[i * features + j];
                double upper = covariance[j * features + i];
                if (Math.abs(lower - upper) > allowed) {
                    throw new IllegalArgumentException(
                            "sigma has %s at (%s, %s) but %s at (%s, %s); a covariance is symmetric"
                                    .formatted(lower, i, j, upper, j, i));
                }
                // Cauchy and Schwarz: |cov(a, b)|² ≤ var(a)·var(b)
                double bound = Math.sqrt(variance * covariance[j * features + j]);
                if (Math.abs(lower) > bound + allowed) {
                    throw new IllegalArgumentException(
                            "sigma has %s at (%s, %s), beyond ±%s that the variances allow; it is not a covariance"
                                    .formatted(lower, i, j, bound));
                }
            }
        }
    }

    /**
     * Computes a set's statistics at once.
     *
     * @param features at least 2 rows
     * @return mean, and covariance with divisor N − 1
     * @throws IllegalArgumentException if there are fewer than 2 rows
     */
    public static FeatureStatistics of(FeatureMatrix features) {
        StatisticsAccumulator accumulator = new StatisticsAccumulator(features.columns());
        accumulator.add(features);
        return accumulator.statistics();
    }

    /**
     * Reads {@code mu} and {@code sigma} of an {@code .npz} file; other arrays in it are left
     * alone.
     *
     * @param file as NumPy's {@code savez} or {@link #write} makes it
     * @return the statistics
     * @throws NpyException if the file does not hold them, with the reason in one line
     * @throws IOException if reading fails
     */
    public static FeatureStatistics read(Path file) throws IOException {
        NpyArray mean = real(file, MEAN);
        int features = mean.values().length;
        if (Arrays.stream(mean.shape()).max().orElse(0) != features) {
            throw new NpyException(
                    "%s: mu has the shape %s; means are one row"
                            .formatted(file, Arrays.toString(mean.shape())));
        }
        NpyArray covariance = real(file, COVARIANCE);
        if (!Arrays.equals(covariance.shape(), new int[] {features, features})) {
            throw new NpyException(
                    "%s: mu has %s features, but sigma has the shape %s instead of [%s, %s]"
                            .formatted(
                                    file,
                                    features,
                                    Arrays.toString(covariance.shape()),
                                    features,
                                    features));
        }
        try {
            return new FeatureStatistics(
                    mean.values(),
                    covariance.values(),
                    Math.max(mean.rounding(), covariance.rounding()));
        } catch (IllegalArgumentException e) {
            throw new NpyException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static NpyArray real(Path file, String name) throws IOException {
        NpyArray array = NpzFile.read(file, name);
        if (!array.real()) {
            throw new NpyException(
                    "%s: %s has whole numbers; means and covariances are real ones"
                            .formatted(file, name));
        }
        return array;
    }

    /**
     * Writes {@code mu} and {@code sigma} in float64 to an {@code .npz} file, which is either whole
     * or not there: it is written beside its place, flushed and renamed.
     *
     * @param file where; replaced if it exists
     * @throws IOException if writing fails
     */
    public void write(Path file) throws IOException {
        Map<String, NpyArray> arrays = new LinkedHashMap<>();
        arrays.put(MEAN, new NpyArray(new int[] {features()}, mean));
        arrays.put(COVARIANCE, new NpyArray(new int[] {features(), features()}, covariance));
        NpzFile.write(file, arrays);
    }

    /**
     * Returns by which part of an element the file that these were read from had rounded it.
     *
     * @return 2⁻¹¹ for float16, 2⁻²⁴ for float32, 0 for float64 and statistics that were computed
     */
    public double rounding() {
        return rounding;
    }

    /**
     * Returns how many features a picture has.
     *
     * @return D
     */
    public int features() {
        return mean.length;
    }

    /**
     * Returns the mean.
     *
     * @return D values, a copy
     */
    public double[] mean() {
        return mean.clone();
    }

    /**
     * Returns the covariance with divisor N − 1.
     *
     * @return (D, D) row by row, a copy
     */
    public double[] covariance() {
        return covariance.clone();
    }

    /** Returns the mean itself. */
    double[] rawMean() {
        return mean;
    }

    /** Returns the covariance itself. */
    double[] rawCovariance() {
        return covariance;
    }
}
