package io.zigma.scan;

import java.util.Arrays;

/**
 * An order in which the tokens of a sequence are visited: a permutation Ω and its inverse Ω̄.
 *
 * <p>Step i of the scan reads token {@code order[i]}; token j is read at step {@code inverse[j]}
 * (ZigMa 2024, equation 1). Instances are immutable.
 */
public final class ScanPath {

    private final int[] order;
    private final int[] inverse;
    private final boolean identity;

    private ScanPath(int[] order) {
        this.order = order;
        this.inverse = new int[order.length];
        Arrays.fill(inverse, -1);
        boolean straight = true;
        for (int step = 0; step < order.length; step++) {
            int token = order[step];
            if (token < 0 || token >= order.length || inverse[token] != -1) {
                throw new IllegalArgumentException(
                        "not a permutation: token %s at step %s of %s is out of range or visited twice"
                                .formatted(token, step, order.length));
            }
            inverse[token] = step;
            straight &= token == step;
        }
        this.identity = straight;
    }

    /**
     * Makes a path from the tokens in the order they are visited.
     *
     * @param order each of 0 … length − 1 once; copied
     * @return the path
     * @throws IllegalArgumentException if {@code order} is not a permutation
     */
    public static ScanPath of(int... order) {
        return new ScanPath(order.clone());
    }

    /**
     * Returns the path that visits tokens in raster order.
     *
     * @param length number of tokens
     * @return the identity
     */
    public static ScanPath straight(int length) {
        int[] order = new int[length];
        Arrays.setAll(order, i -> i);
        return new ScanPath(order);
    }

    /**
     * Returns the same path from its other end.
     *
     * @return the path with its steps reversed
     */
    public ScanPath reversed() {
        int[] backwards = new int[order.length];
        Arrays.setAll(backwards, i -> order[order.length - 1 - i]);
        return new ScanPath(backwards);
    }

    /**
     * Returns the number of tokens.
     *
     * @return the length of the permutation
     */
    public int length() {
        return order.length;
    }

    /**
     * Returns the token visited at each step, Ω.
     *
     * @return a fresh array of {@link #length()} token indices
     */
    public int[] order() {
        return order.clone();
    }

    /**
     * Returns the step at which each token is visited, Ω̄.
     *
     * @return a fresh array of {@link #length()} steps
     */
    public int[] inverse() {
        return inverse.clone();
    }

    /**
     * Returns whether tokens are visited in raster order, so that nothing has to be gathered.
     *
     * @return true for the identity
     */
    public boolean isStraight() {
        return identity;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ScanPath that && Arrays.equals(order, that.order);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(order);
    }

    @Override
    public String toString() {
        return "ScanPath" + Arrays.toString(order);
    }
}
