package io.zigma.eval.metric;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Mean and covariance of features that come a batch at a time and are not stored.
 *
 * <p>Rows are gathered into blocks of fixed size; a block's mean and centred products are merged
 * into those of all blocks before (Chan, Golub and LeVeque 1983), which retains the digits that
 * subtracting sums of squares would lose. The result depends on the rows and their order alone, not
 * on how they were batched nor on the number of threads. Memory: one (D, D) matrix in float64 and
 * one block.
 */
public final class StatisticsAccumulator implements Serializable {

    private static final long serialVersionUID = 1;

    private static final int BLOCK = 256;
    // rows of the products that stay in the cache while a block passes by
    private static final int STRIP = 16;

    private final int features;
    private final Moments moments;
    private final float[] pending;
    private int pendingRows;

    /**
     * Makes an accumulator that has seen nothing.
     *
     * @param features how many features a picture has
     * @throws IllegalArgumentException if no covariance of so many fits in memory
     */
    public StatisticsAccumulator(int features) {
        FeatureStatistics.requireFeatures(features);
        this.features = features;
        this.moments = new Moments(0, new double[features], new double[features * features]);
        this.pending = new float[BLOCK * features];
    }

    /**
     * Adds some pictures' features.
     *
     * @param batch any number of rows
     * @throws IllegalArgumentException if they have another number of features
     */
    public void add(FeatureMatrix batch) {
        if (batch.columns() != features) {
            throw new IllegalArgumentException(
                    "the batch has %s features a picture, the statistics %s"
                            .formatted(batch.columns(), features));
        }
        for (int row = 0; row < batch.rows(); ) {
            int taken = Math.min(batch.rows() - row, BLOCK - pendingRows);
            System.arraycopy(
                    batch.values(),
                    row * features,
                    pending,
                    pendingRows * features,
                    taken * features);
            row += taken;
            pendingRows += taken;
            if (pendingRows == BLOCK) {
                moments.merge(pending, BLOCK);
                pendingRows = 0;
            }
        }
    }

    /**
     * Adds what another accumulator has seen, as if its pictures came behind those of this one: the
     * same statistics but for the last digits, since the sums come in another order (Chan, Golub
     * and LeVeque 1983, equation 2.1).
     *
     * @param other of as many features; it is left as it is
     * @throws IllegalArgumentException if it has another number of features
     */
    public void merge(StatisticsAccumulator other) {
        if (other.features != features) {
            throw new IllegalArgumentException(
                    "the other statistics have %s features a picture, these %s"
                            .formatted(other.features, features));
        }
        flush();
        Moments added = other.moments.copy();
        if (other.pendingRows > 0) {
            added.merge(other.pending, other.pendingRows);
        }
        moments.merge(added);
    }

    private void flush() {
        if (pendingRows > 0) {
            moments.merge(pending, pendingRows);
            pendingRows = 0;
        }
    }

    /**
     * Returns how many pictures were added.
     *
     * @return at least 0
     */
    public long count() {
        return moments.count + pendingRows;
    }

    /**
     * Returns the statistics of all that was added so far; more may be added afterwards.
     *
     * @return mean, and covariance with divisor N − 1
     * @throws IllegalArgumentException if fewer than 2 pictures were added
     */
    public FeatureStatistics statistics() {
        if (count() < 2) {
            throw new IllegalArgumentException(
                    "statistics of %s pictures; a covariance needs at least 2".formatted(count()));
        }
        Moments all = moments.copy();
        if (pendingRows > 0) {
            all.merge(pending, pendingRows);
        }
        return all.statistics();
    }

    /** Count, mean and upper triangle of Σ (x − mean)(x − mean)ᵀ of the rows merged so far. */
    private static final class Moments implements Serializable {

        private static final long serialVersionUID = 1;

        long count;
        final double[] mean;
        final double[] scatter;

        Moments(long count, double[] mean, double[] scatter) {
            this.count = count;
            this.mean = mean;
            this.scatter = scatter;
        }

        Moments copy() {
            return new Moments(count, mean.clone(), scatter.clone());
        }

        void merge(float[] rows, int rowCount) {
            int features = mean.length;
            double[] blockMean = blockMean(rows, rowCount);
            double[] centred = centred(rows, rowCount, blockMean);
            long total = count + rowCount;
            double[] shift = new double[features];
            for (int j = 0; j < features; j++) {
                shift[j] = blockMean[j] - mean[j];
                mean[j] += shift[j] * rowCount / total;
            }
            double weight = (double) count * rowCount / total;
            IntStream.range(0, (features + STRIP - 1) / STRIP)
                    .parallel()
                    .forEach(strip -> addStrip(strip * STRIP, centred, shift, weight));
            count = total;
        }

        void merge(Moments other) {
            if (other.count == 0) {
                return;
            }
            long total = count + other.count;
            double weight = (double) count * other.count / total;
            int features = mean.length;
            double[] shift = new double[features];
            for (int j = 0; j < features; j++) {
                shift[j] = other.mean[j] - mean[j];
                mean[j] += shift[j] * other.count / total;
            }
            for (int i = 0; i < features; i++) {
                double factor = weight * shift[i];
                for (int j = i; j < features; j++) {
                    scatter[i * features + j] +=
                            other.scatter[i * features + j] + factor * shift[j];
                }
            }
            count = total;
        }

        private double[] blockMean(float[] rows, int rowCount) {
            double[] sum = new double[mean.length];
            for (int row = 0; row < rowCount; row++) {
                int start = row * sum.length;
                for (int j = 0; j < sum.length; j++) {
                    sum[j] += rows[start + j];
                }
            }
            for (int j = 0; j < sum.length; j++) {
                sum[j] /= rowCount;
            }
            return sum;
        }

        /** Returns the rows less their mean, then rows of zeros to a multiple of four. */
        private static double[] centred(float[] rows, int rowCount, double[] blockMean) {
            int features = blockMean.length;
            double[] centred = new double[Loops.roundUp(rowCount) * features];
            for (int row = 0; row < rowCount; row++) {
                int start = row * features;
                for (int j = 0; j < features; j++) {
                    centred[start + j] = rows[start + j] - blockMean[j];
                }
            }
            return centred;
        }

        /** Adds some rows of the block's products and of the shift between the means. */
        private void addStrip(int first, double[] centred, double[] shift, double weight) {
            int features = mean.length;
            int end = Math.min(first + STRIP, features);
            for (int from = 0; from < centred.length; from += Loops.UNROLL * features) {
                for (int i = first; i < end; i++) {
                    Loops.addMultiples(
                            centred,
                            from + i,
                            features,
                            centred,
                            from + i,
                            features,
                            scatter,
                            i * features + i,
                            features - i);
                }
            }
            for (int i = first; i < end; i++) {
                double factor = weight * shift[i];
                for (int j = i; j < features; j++) {
                    scatter[i * features + j] += factor * shift[j];
                }
            }
        }

        FeatureStatistics statistics() {
            int features = mean.length;
            double[] covariance = new double[scatter.length];
            for (int i = 0; i < features; i++) {
                for (int j = i; j < features; j++) {
                    double value = scatter[i * features + j] / (count - 1);
                    covariance[i * features + j] = value;
                    covariance[j * features + i] = value;
                }
            }
            return new FeatureStatistics(Arrays.copyOf(mean, features), covariance);
        }
    }
}
