package io.zigma.eval.metric;

/**
 * The innermost loops, each over consecutive elements of arrays and with four terms at a time: the
 * form that the JIT compiler vectorises. The order of every sum is fixed.
 */
final class Loops {

    /** How many terms go into one pass over the results. */
    static final int UNROLL = 4;

    private Loops() {}

    /** Returns the next multiple of {@link #UNROLL}. */
    static int roundUp(int count) {
        return (count + UNROLL - 1) / UNROLL * UNROLL;
    }

    /**
     * Adds four rows times a factor each: {@code sums[to + j] += Σₖ factors[f + k·fs] · rows[r +
     * k·rs + j]}.
     */
    static void addMultiples(
            double[] factors,
            int firstFactor,
            int factorStride,
            double[] rows,
            int firstRow,
            int rowStride,
            double[] sums,
            int to,
            int count) {
        double f0 = factors[firstFactor];
        double f1 = factors[firstFactor + factorStride];
        double f2 = factors[firstFactor + 2 * factorStride];
        double f3 = factors[firstFactor + 3 * factorStride];
        int r1 = firstRow + rowStride;
        int r2 = r1 + rowStride;
        int r3 = r2 + rowStride;
        for (int j = 0; j < count; j++) {
            sums[to + j] +=
                    f0 * rows[firstRow + j]
                            + f1 * rows[r1 + j]
                            + (f2 * rows[r2 + j] + f3 * rows[r3 + j]);
        }
    }

    /**
     * Adds four coordinates' squared differences: {@code sums[j] += Σₖ (values[v + k] − rows[r +
     * k·sums.length + j])²}.
     */
    static void addSquaredDifferences(
            double[] values, int firstValue, double[] rows, int firstRow, double[] sums) {
        double v0 = values[firstValue];
        double v1 = values[firstValue + 1];
        double v2 = values[firstValue + 2];
        double v3 = values[firstValue + 3];
        int r1 = firstRow + sums.length;
        int r2 = r1 + sums.length;
        int r3 = r2 + sums.length;
        for (int j = 0; j < sums.length; j++) {
            double d0 = v0 - rows[firstRow + j];
            double d1 = v1 - rows[r1 + j];
            double d2 = v2 - rows[r2 + j];
            double d3 = v3 - rows[r3 + j];
            sums[j] += (d0 * d0 + d1 * d1) + (d2 * d2 + d3 * d3);
        }
    }
}
