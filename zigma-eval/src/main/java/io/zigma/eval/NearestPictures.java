package io.zigma.eval;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.engine.EngineStart;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Finds each picture's nearest among many, by the Euclidean distance of their levels.
 *
 * <p>Distances come from matrix products in float32, block by block, as |a|² + |b|² − 2·a·b. A pair
 * that could be the nearest, given how far rounding reaches, is computed again in whole numbers, so
 * that the result is exact.
 */
public final class NearestPictures {

    // 512 × 4096 products are 8 MB: they stay in the cache of a core while they are searched
    private static final int QUERIES = 512;
    private static final int POINTS = 4096;
    // of a block of pictures; of large ones a block has fewer
    private static final int MOST_VALUES = 1 << 24;
    // integers about 0 keep the products, and with them rounding errors, small
    private static final int CENTRE = 128;

    private NearestPictures() {}

    /**
     * The nearest pictures of some queries.
     *
     * @param rows which picture, one a query
     * @param distances how far it is in levels, 0 for the same picture
     */
    public record Found(int[] rows, double[] distances) {}

    /**
     * Compares all pairs.
     *
     * @param queries (Q, …)
     * @param points (P, …) of the same size, at least one
     * @return the nearest of each, of equally near ones the first
     */
    public static Found of(Pictures queries, Pictures points) {
        int[] rows = new int[queries.count()];
        long[] nearest = new long[queries.count()];
        Arrays.fill(nearest, Long.MAX_VALUE);
        long[] querySquares = squares(queries);
        long[] pointSquares = squares(points);
        // what a product with each point can be off by, but for the query's length; see rounding()
        double[] reaches = new double[points.count()];
        Arrays.setAll(reaches, i -> rounding(points) * Math.sqrt(pointSquares[i]));
        int mostPoints = block(POINTS, points);
        int mostQueries = block(QUERIES, points);
        try (NDManager manager = EngineStart.newManager(Device.cpu())) {
            for (int point = 0; point < points.count(); point += mostPoints) {
                int firstPoint = point;
                int width = Math.min(mostPoints, points.count() - point);
                try (NDArray block = array(manager, points, point, point + width); // (P, D)
                        NDArray transposed = block.transpose()) { // (D, P)
                    for (int query = 0; query < queries.count(); query += mostQueries) {
                        int firstQuery = query;
                        int queryEnd = Math.min(query + mostQueries, queries.count());
                        float[] products = products(manager, queries, query, queryEnd, transposed);
                        IntStream.range(query, queryEnd)
                                .parallel()
                                .forEach(
                                        i -> {
                                            int from = (i - firstQuery) * width;
                                            double length = Math.sqrt(querySquares[i]);
                                            // both sides without |query|², the same for all points
                                            double bound = (double) nearest[i] - querySquares[i];
                                            for (int j = 0; j < width; j++) {
                                                int at = firstPoint + j;
                                                double least =
                                                        pointSquares[at]
                                                                - 2.0 * products[from + j]
                                                                - length * reaches[at];
                                                if (least >= bound) {
                                                    continue;
                                                }
                                                long exact = squared(queries, i, points, at);
                                                if (exact < nearest[i]) {
                                                    nearest[i] = exact;
                                                    rows[i] = at;
                                                    bound = (double) exact - querySquares[i];
                                                }
                                            }
                                        });
                    }
                }
            }
        }
        return new Found(rows, Arrays.stream(nearest).mapToDouble(Math::sqrt).toArray());
    }

    private static int block(int most, Pictures pictures) {
        return Math.max(1, Math.min(most, MOST_VALUES / pictures.elements()));
    }

    /**
     * Returns how far twice a product of D terms can be off, over the lengths of its factors: 2·γ_D
     * (Higham, "Accuracy and Stability of Numerical Algorithms", equation 3.5).
     */
    private static double rounding(Pictures pictures) {
        double terms = pictures.elements() * 0x1.0p-24;
        return 2 * terms / (1 - terms);
    }

    private static float[] products(
            NDManager manager, Pictures queries, int from, int to, NDArray points) {
        try (NDArray block = array(manager, queries, from, to); // (Q, D)
                NDArray products = block.matMul(points)) { // (Q, P)
            return products.toFloatArray();
        }
    }

    private static NDArray array(NDManager manager, Pictures pictures, int from, int to) {
        int size = pictures.elements();
        float[] values = new float[(to - from) * size];
        for (int i = 0; i < values.length; i++) {
            values[i] = (pictures.levels()[from * size + i] & 0xff) - CENTRE;
        }
        return manager.create(values, new Shape(to - from, size));
    }

    private static long[] squares(Pictures pictures) {
        int size = pictures.elements();
        byte[] levels = pictures.levels();
        long[] squares = new long[pictures.count()];
        Arrays.parallelSetAll(
                squares,
                row -> {
                    long sum = 0;
                    for (int i = row * size; i < (row + 1) * size; i++) {
                        int value = (levels[i] & 0xff) - CENTRE;
                        sum += value * value;
                    }
                    return sum;
                });
        return squares;
    }

    private static long squared(Pictures one, int row, Pictures other, int otherRow) {
        int size = one.elements();
        byte[] levels = one.levels();
        byte[] others = other.levels();
        long sum = 0;
        for (int i = 0; i < size; i++) {
            int difference = (levels[row * size + i] & 0xff) - (others[otherRow * size + i] & 0xff);
            sum += difference * difference;
        }
        return sum;
    }
}
