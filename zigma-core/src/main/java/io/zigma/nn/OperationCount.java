package io.zigma.nn;

/**
 * How many multiply-adds a block needs for one image, by kind of work. A multiply-add is one
 * product of two numbers, with or without a sum.
 *
 * <p>What grows with the square of a size or with the number of states is counted; additions,
 * activations, norms and modulation, a few operations for each value of a token, are not.
 *
 * @param matrixProducts dense layers, the patch embedding among them
 * @param convolution causal convolutions along the scan
 * @param scan the recurrences
 * @param attention products of queries with keys and of weights with values; its dense layers count
 *     as matrix products
 */
public record OperationCount(long matrixProducts, long convolution, long scan, long attention) {

    /** No work. */
    public static final OperationCount NONE = new OperationCount(0, 0, 0, 0);

    /**
     * Counts matrix products.
     *
     * @param multiplyAdds their number
     * @return a count of nothing else
     */
    public static OperationCount ofMatrixProducts(long multiplyAdds) {
        return new OperationCount(multiplyAdds, 0, 0, 0);
    }

    /**
     * Counts convolutions.
     *
     * @param multiplyAdds their number
     * @return a count of nothing else
     */
    public static OperationCount ofConvolution(long multiplyAdds) {
        return new OperationCount(0, multiplyAdds, 0, 0);
    }

    /**
     * Counts recurrences.
     *
     * @param multiplyAdds their number
     * @return a count of nothing else
     */
    public static OperationCount ofScan(long multiplyAdds) {
        return new OperationCount(0, 0, multiplyAdds, 0);
    }

    /**
     * Counts attention.
     *
     * @param multiplyAdds their number
     * @return a count of nothing else
     */
    public static OperationCount ofAttention(long multiplyAdds) {
        return new OperationCount(0, 0, 0, multiplyAdds);
    }

    /**
     * Adds another count.
     *
     * @param other the other
     * @return both together
     */
    public OperationCount plus(OperationCount other) {
        return new OperationCount(
                matrixProducts + other.matrixProducts,
                convolution + other.convolution,
                scan + other.scan,
                attention + other.attention);
    }

    /**
     * Returns all multiply-adds.
     *
     * @return the sum of the four
     */
    public long total() {
        return matrixProducts + convolution + scan + attention;
    }
}
