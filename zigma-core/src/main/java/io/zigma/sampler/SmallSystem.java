package io.zigma.sampler;

/** Linear equations in a few unknowns. */
final class SmallSystem {

    private SmallSystem() {}

    /**
     * Solves A·x = b by Gaussian elimination with partial pivoting.
     *
     * @param matrix A, n × n, left as it is
     * @param right b, left as it is
     * @return x
     */
    static double[] solve(double[][] matrix, double[] right) {
        int n = right.length;
        double[][] a = new double[n][];
        for (int i = 0; i < n; i++) {
            a[i] = matrix[i].clone();
        }
        double[] x = right.clone();
        for (int column = 0; column < n; column++) {
            int pivot = column;
            for (int row = column + 1; row < n; row++) {
                if (Math.abs(a[row][column]) > Math.abs(a[pivot][column])) {
                    pivot = row;
                }
            }
            double[] swapped = a[column];
            a[column] = a[pivot];
            a[pivot] = swapped;
            double value = x[column];
            x[column] = x[pivot];
            x[pivot] = value;
            for (int row = column + 1; row < n; row++) {
                double factor = a[row][column] / a[column][column];
                for (int k = column; k < n; k++) {
                    a[row][k] -= factor * a[column][k];
                }
                x[row] -= factor * x[column];
            }
        }
        for (int row = n - 1; row >= 0; row--) {
            for (int k = row + 1; k < n; k++) {
                x[row] -= a[row][k] * x[k];
            }
            x[row] /= a[row][row];
        }
        return x;
    }
}
