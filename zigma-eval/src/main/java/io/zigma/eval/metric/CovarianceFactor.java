package io.zigma.eval.metric;

import java.util.stream.IntStream;

/**
 * A square root of a covariance: rows R with Σ = RᵀR, as many as Σ has rank.
 *
 * <p>Cholesky's factorisation with the largest remaining variance as the next pivot (Higham,
 * "Accuracy and Stability of Numerical Algorithms", section 10.3), which needs no positive
 * definiteness: it ends where all that remains is rounding. The features stay in their order, so
 * that R is no triangle.
 */
final class CovarianceFactor {

    // columns that one task computes
    private static final int CHUNK = 512;
    // rows of a product that stay in the cache while the other factor passes by
    private static final int STRIP = 16;
    private static final double EPSILON = Math.ulp(1.0);

    private final double[] covariance;
    private final int features;
    // length of a row of R: the features, then zeros up to a multiple of four
    private final int stride;
    private final double[] rows;
    private final double[] remaining;
    private int rank;

    /**
     * Factors a covariance.
     *
     * @param covariance (D, D), symmetric; read later too
     * @param features D
     */
    CovarianceFactor(double[] covariance, int features) {
        this.covariance = covariance;
        this.features = features;
        this.stride = Loops.roundUp(features);
        this.rows = new double[features * stride];
        this.remaining = new double[features];
        for (int i = 0; i < features; i++) {
            remaining[i] = covariance[i * features + i];
        }
        double rounding = features * EPSILON * remaining[largestRemaining()];
        while (rank < features) {
            int pivot = largestRemaining();
            if (remaining[pivot] <= rounding) {
                break;
            }
            addRow(pivot);
        }
    }

    private int largestRemaining() {
        int largest = 0;
        for (int i = 1; i < features; i++) {
            if (remaining[i] > remaining[largest]) {
                largest = i;
            }
        }
        return largest;
    }

    private void addRow(int pivot) {
        double root = Math.sqrt(remaining[pivot]);
        IntStream.range(0, (features + CHUNK - 1) / CHUNK)
                .parallel()
                .forEach(
                        chunk -> {
                            int end = Math.min((chunk + 1) * CHUNK, features);
                            addEntries(pivot, root, chunk * CHUNK, end);
                        });
        rank++;
    }

    /** Computes some entries of the next row and takes them from the remaining variances. */
    private void addEntries(int pivot, double root, int first, int end) {
        double[] explained = explained(pivot, first, end - first);
        for (int i = first; i < end; i++) {
            if (i == pivot) {
                rows[rank * stride + i] = root;
                remaining[i] = 0;
                continue;
            }
            double entry = (covariance[pivot * features + i] - explained[i - first]) / root;
            // No exact entry is beyond this (Cauchy and Schwarz); what is, is rounding, and would
            // grow from row to row. Former pivots have nothing left and get zeros.
            double bound = Math.sqrt(remaining[i]);
            entry = Math.max(-bound, Math.min(bound, entry));
            rows[rank * stride + i] = entry;
            remaining[i] = Math.max(0, remaining[i] - entry * entry);
        }
    }

    /** Returns some entries of the pivot's row of RᵀR, of the rows known so far. */
    private double[] explained(int pivot, int first, int count) {
        double[] sums = new double[count];
        int row = 0;
        for (; row + Loops.UNROLL <= rank; row += Loops.UNROLL) {
            int start = row * stride;
            Loops.addMultiples(
                    rows, start + pivot, stride, rows, start + first, stride, sums, 0, count);
        }
        for (; row < rank; row++) {
            double factor = rows[row * stride + pivot];
            for (int j = 0; j < count; j++) {
                sums[j] += factor * rows[row * stride + first + j];
            }
        }
        return sums;
    }

    /** Returns the number of rows of R. */
    int rank() {
        return rank;
    }

    /**
     * Multiplies with another factor's transpose.
     *
     * @param other S, of as many features
     * @return R·Sᵀ, (rank, other.rank) row by row
     */
    double[] timesTransposed(CovarianceFactor other) {
        int width = other.rank;
        double[] columns = other.transposed();
        double[] product = new double[rank * width];
        IntStream.range(0, (rank + STRIP - 1) / STRIP)
                .parallel()
                .forEach(
                        strip -> {
                            int end = Math.min((strip + 1) * STRIP, rank);
                            addStrip(strip * STRIP, end, columns, width, product);
                        });
        return product;
    }

    private void addStrip(int first, int end, double[] columns, int width, double[] product) {
        for (int i = 0; i < stride; i += Loops.UNROLL) {
            for (int row = first; row < end; row++) {
                Loops.addMultiples(
                        rows,
                        row * stride + i,
                        1,
                        columns,
                        i * width,
                        width,
                        product,
                        row * width,
                        width);
            }
        }
    }

    /** Returns Rᵀ, (stride, rank) row by row. */
    private double[] transposed() {
        double[] columns = new double[stride * rank];
        for (int row = 0; row < rank; row++) {
            for (int i = 0; i < features; i++) {
                columns[i * rank + row] = rows[row * stride + i];
            }
        }
        return columns;
    }
}
