package io.zigma.eval.metric;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Something computed of every pair of a query and a point, a tile at a time, so that no matrix of
 * all pairs is ever in memory.
 *
 * <p>Queries go to threads in fixed chunks. One query's values come in one thread and in the order
 * of the points, and each is summed over the features in a fixed order, the same for both roles.
 */
enum Pairs {
    /** Σ (query − point)²: exact where the features are small integers, so that ties are ties. */
    SQUARED_DISTANCES {
        @Override
        void add(double[] query, int feature, double[] tile, int row, double[] sums) {
            Loops.addSquaredDifferences(query, feature, tile, row, sums);
        }
    },

    /** Σ query · point. */
    PRODUCTS {
        @Override
        void add(double[] query, int feature, double[] tile, int row, double[] sums) {
            Loops.addMultiples(query, feature, 1, tile, row, TILE, sums, 0, TILE);
        }
    };

    /** Points that are computed at once. */
    static final int TILE = 64;

    private static final int CHUNK = 64;

    /** Takes the values of one query and some consecutive points. */
    @FunctionalInterface
    interface Visitor {

        /**
         * Takes some values; different queries may come at the same time from several threads.
         *
         * @param query which row of the queries
         * @param first which row of the points the first value belongs to
         * @param count how many values there are
         * @param values the values, overwritten afterwards
         */
        void visit(int query, int first, int count, double[] values);
    }

    /** Adds four features' terms of a query and a tile's points to the sums. */
    abstract void add(double[] query, int feature, double[] tile, int row, double[] sums);

    /**
     * Visits all pairs.
     *
     * @param queries (Q, D)
     * @param points (P, D)
     * @param visitor takes each value once
     */
    void visit(FeatureMatrix queries, FeatureMatrix points, Visitor visitor) {
        FeatureMatrix.requireSameFeatures(queries, points);
        IntStream.range(0, (queries.rows() + CHUNK - 1) / CHUNK)
                .parallel()
                .forEach(chunk -> visitChunk(chunk * CHUNK, queries, points, visitor));
    }

    private void visitChunk(
            int start, FeatureMatrix queries, FeatureMatrix points, Visitor visitor) {
        int end = Math.min(start + CHUNK, queries.rows());
        int features = queries.columns();
        // features beyond the last are zero in both and add nothing
        int padded = Loops.roundUp(features);
        double[] query = new double[padded];
        double[] tile = new double[padded * TILE];
        double[] sums = new double[TILE];
        for (int first = 0; first < points.rows(); first += TILE) {
            int count = Math.min(TILE, points.rows() - first);
            transpose(points, first, count, tile);
            for (int row = start; row < end; row++) {
                for (int i = 0; i < features; i++) {
                    query[i] = queries.values()[row * features + i];
                }
                Arrays.fill(sums, 0);
                for (int i = 0; i < padded; i += Loops.UNROLL) {
                    add(query, i, tile, i * TILE, sums);
                }
                visitor.visit(row, first, count, sums);
            }
        }
    }

    /** Copies some points into the tile's columns; columns beyond them are unchanged. */
    private static void transpose(FeatureMatrix points, int first, int count, double[] tile) {
        int features = points.columns();
        for (int point = 0; point < count; point++) {
            int start = (first + point) * features;
            for (int i = 0; i < features; i++) {
                tile[i * TILE + point] = points.values()[start + i];
            }
        }
    }
}
