package io.zigma.eval.metric;

import java.util.Arrays;

/**
 * The polynomial kernel k(x, y) = (γ·x·y + c)ᵈ and the discrepancy of two sets that it measures.
 *
 * @param degree d, at least 1
 * @param gamma γ, above 0
 * @param coefficient c, not negative
 */
public record PolynomialKernel(int degree, double gamma, double coefficient) {

    /** Refuses what is no kernel. */
    public PolynomialKernel {
        if (degree < 1) {
            throw new IllegalArgumentException(
                    "a kernel of degree %s; it must be at least 1".formatted(degree));
        }
        if (!(gamma > 0) || !Double.isFinite(gamma)) {
            throw new IllegalArgumentException(
                    "a kernel with gamma %s; it must be above 0".formatted(gamma));
        }
        if (!(coefficient >= 0) || !Double.isFinite(coefficient)) {
            throw new IllegalArgumentException(
                    "a kernel with coefficient %s; it must not be negative".formatted(coefficient));
        }
    }

    /**
     * Returns the kernel that the published kernel distance uses: (x·y / D + 1)³.
     *
     * @param features D
     * @return degree 3, γ = 1 / D, c = 1
     */
    public static PolynomialKernel cubic(int features) {
        return new PolynomialKernel(3, 1.0 / features, 1);
    }

    /**
     * Estimates the squared maximum mean discrepancy of two sets without bias: the mean kernel
     * within each set over pairs of different pictures, less twice the mean over all pairs across
     * (Gretton et al. 2012, equation 3).
     *
     * @param one at least 2 rows
     * @param other at least 2 rows of as many features
     * @return about 0 for sets of the same distribution, and as often below as above
     * @throws IllegalArgumentException if they have other features, or one has a single row
     */
    public double discrepancy(FeatureMatrix one, FeatureMatrix other) {
        FeatureMatrix.requireSameFeatures(one, other);
        return meanWithin(one) + meanWithin(other) - 2 * meanAcross(one, other);
    }

    private double meanWithin(FeatureMatrix set) {
        double rows = set.rows();
        if (rows < 2) {
            throw new IllegalArgumentException(
                    "a kernel distance of a single picture; it needs at least 2");
        }
        return sum(set, set, true) / (rows * (rows - 1));
    }

    private double meanAcross(FeatureMatrix one, FeatureMatrix other) {
        return sum(one, other, false) / ((double) one.rows() * other.rows());
    }

    private double sum(FeatureMatrix one, FeatureMatrix other, boolean sameSet) {
        // a sum a row, added up in order, so that threads change nothing
        double[] sums = new double[one.rows()];
        Pairs.PRODUCTS.visit(
                one,
                other,
                (query, first, count, products) -> {
                    for (int j = 0; j < count; j++) {
                        if (!sameSet || first + j != query) {
                            sums[query] += value(products[j]);
                        }
                    }
                });
        return Arrays.stream(sums).sum();
    }

    private double value(double product) {
        double factor = gamma * product + coefficient;
        double power = factor;
        for (int i = 1; i < degree; i++) {
            power *= factor;
        }
        return power;
    }
}
