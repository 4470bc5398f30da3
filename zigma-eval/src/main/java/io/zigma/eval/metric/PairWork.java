package io.zigma.eval.metric;

/**
 * Who computes what is compared of large sets: this process, or a cluster. The figures are the same
 * but for the last digits of a covariance, whose sums may come in another order.
 */
public interface PairWork {

    /** Computes everything here. */
    PairWork HERE =
            new PairWork() {
                @Override
                public FeatureStatistics statistics(FeatureMatrix features) {
                    return FeatureStatistics.of(features);
                }

                @Override
                public KernelDistance kernelDistance(
                        FeatureMatrix real,
                        FeatureMatrix generated,
                        PolynomialKernel kernel,
                        KernelSubsets subsets) {
                    return KernelDistance.between(real, generated, kernel, subsets);
                }

                @Override
                public Prdc prdc(FeatureMatrix real, FeatureMatrix generated, int k, Ball ball) {
                    return Prdc.of(real, generated, k, ball);
                }
            };

    /**
     * Computes a set's statistics.
     *
     * @param features at least 2 rows
     * @return mean, and covariance with divisor N − 1
     */
    FeatureStatistics statistics(FeatureMatrix features);

    /**
     * Compares two sets by subsets, as {@link KernelDistance#between}.
     *
     * @param real features of real pictures
     * @param generated features of generated pictures
     * @param kernel what is compared by
     * @param subsets which pictures are compared together
     * @return mean, spread and each subset's value
     */
    KernelDistance kernelDistance(
            FeatureMatrix real,
            FeatureMatrix generated,
            PolynomialKernel kernel,
            KernelSubsets subsets);

    /**
     * Compares two sets by their neighbourhoods, as {@link Prdc#of}.
     *
     * @param real features of real pictures, more than k
     * @param generated features of generated pictures, more than k
     * @param k how many neighbours a ball reaches over, at least 1
     * @param ball whether its edge belongs to it
     * @return the four numbers
     */
    Prdc prdc(FeatureMatrix real, FeatureMatrix generated, int k, Ball ball);
}
