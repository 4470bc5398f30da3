package io.zigma.sampler;

import ai.djl.ndarray.NDArray;

/** Weighted sums with weights in double precision. */
final class Combination {

    private Combination() {}

    /**
     * Returns Σ weights[j]·arrays[j].
     *
     * @param weights as many as arrays
     * @param arrays of one shape, at least one
     * @return a new array on the first one's manager
     */
    static NDArray of(double[] weights, NDArray... arrays) {
        NDArray sum = arrays[0].mul(weights[0]);
        for (int j = 1; j < arrays.length; j++) {
            if (weights[j] != 0) {
                try (NDArray part = arrays[j].mul(weights[j])) {
                    sum.addi(part);
                }
            }
        }
        return sum;
    }
}
