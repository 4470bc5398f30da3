package io.zigma.eval.metric;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Kernel distance: the squared maximum mean discrepancy of a polynomial kernel, over several pairs
 * of subsets (Bińkowski et al. 2018). With InceptionV3's features it is the KID.
 *
 * <p>Without bias at any number of pictures, unlike the Fréchet distance; may be negative.
 *
 * @param mean over the subsets
 * @param spread standard deviation over the subsets, with their number as divisor
 * @param perSubset each pair's discrepancy
 */
public record KernelDistance(double mean, double spread, List<Double> perSubset) {

    /** Copies the list. */
    public KernelDistance {
        perSubset = List.copyOf(perSubset);
    }

    /**
     * Compares two sets by subsets.
     *
     * @param real features of real pictures
     * @param generated features of generated pictures
     * @param kernel {@link PolynomialKernel#cubic} for the published distance
     * @param subsets which pictures are compared together
     * @return mean, spread and each subset's value
     * @throws IllegalArgumentException if the sets have other features
     * @throws IndexOutOfBoundsException if a subset names a picture that a set does not have
     */
    public static KernelDistance between(
            FeatureMatrix real,
            FeatureMatrix generated,
            PolynomialKernel kernel,
            KernelSubsets subsets) {
        double[] values =
                IntStream.range(0, subsets.real().size())
                        .mapToDouble(
                                i ->
                                        kernel.discrepancy(
                                                real.select(subsets.real().get(i)),
                                                generated.select(subsets.generated().get(i))))
                        .toArray();
        return of(values);
    }

    /**
     * Summarises values that were computed elsewhere.
     *
     * @param values each pair's discrepancy, in the order of the subsets, at least one
     * @return mean, spread and each subset's value
     */
    public static KernelDistance of(double[] values) {
        double mean = Arrays.stream(values).sum() / values.length;
        double variance =
                Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum()
                        / values.length;
        return new KernelDistance(
                mean, Math.sqrt(variance), Arrays.stream(values).boxed().toList());
    }
}
