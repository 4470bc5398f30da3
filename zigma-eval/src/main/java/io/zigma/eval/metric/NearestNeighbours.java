package io.zigma.eval.metric;

import java.util.Arrays;

/** Nearest neighbours by Euclidean distance, found by looking at all pairs. */
final class NearestNeighbours {

    private NearestNeighbours() {}

    /**
     * Returns how far each point's k-th nearest other point is.
     *
     * @param points more than k rows
     * @param k at least 1
     * @return squared distances, one a point
     */
    static double[] squaredRadii(FeatureMatrix points, int k) {
        return squaredRadii(points, 0, points.rows(), k);
    }

    /**
     * Returns how far the k-th nearest other point of some of the points is.
     *
     * @param points more than k rows
     * @param from the first of the rows that are asked for
     * @param to the one after the last
     * @param k at least 1
     * @return squared distances, one a row that is asked for
     */
    static double[] squaredRadii(FeatureMatrix points, int from, int to, int k) {
        if (k < 1 || k >= points.rows()) {
            throw new IllegalArgumentException(
                    "%s nearest neighbours among %s pictures; there must be at least 1 and fewer than pictures"
                            .formatted(k, points.rows()));
        }
        // the k smallest so far, ascending
        double[][] nearest = new double[to - from][k];
        for (double[] distances : nearest) {
            Arrays.fill(distances, Double.POSITIVE_INFINITY);
        }
        Pairs.SQUARED_DISTANCES.visit(
                points.slice(from, to),
                points,
                (query, first, count, values) -> {
                    for (int j = 0; j < count; j++) {
                        if (first + j != from + query) {
                            insert(nearest[query], values[j]);
                        }
                    }
                });
        double[] radii = new double[to - from];
        for (int i = 0; i < radii.length; i++) {
            radii[i] = nearest[i][k - 1];
        }
        return radii;
    }

    private static void insert(double[] ascending, double value) {
        int place = ascending.length - 1;
        if (value >= ascending[place]) {
            return;
        }
        for (; place > 0 && ascending[place - 1] > value; place--) {
            ascending[place] = ascending[place - 1];
        }
        ascending[place] = value;
    }

    /**
     * Finds each query's nearest point, of equally near ones the first.
     *
     * @param queries (Q, D)
     * @param points (P, D)
     * @return its row and its distance, one a query
     */
    static Found nearest(FeatureMatrix queries, FeatureMatrix points) {
        int[] rows = new int[queries.rows()];
        double[] distances = new double[queries.rows()];
        Arrays.fill(distances, Double.POSITIVE_INFINITY);
        Pairs.SQUARED_DISTANCES.visit(
                queries,
                points,
                (query, first, count, values) -> {
                    for (int j = 0; j < count; j++) {
                        if (values[j] < distances[query]) {
                            distances[query] = values[j];
                            rows[query] = first + j;
                        }
                    }
                });
        for (int i = 0; i < distances.length; i++) {
            distances[i] = Math.sqrt(distances[i]);
        }
        return new Found(rows, distances);
    }

    /**
     * The nearest points of some queries.
     *
     * @param rows which point, one a query
     * @param distances how far it is
     */
    record Found(int[] rows, double[] distances) {}
}
