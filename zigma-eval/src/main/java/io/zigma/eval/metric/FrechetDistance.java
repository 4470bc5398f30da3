package io.zigma.eval.metric;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/**
 * The Fréchet distance between the Gaussians of two sets' means and covariances, squared as it is
 * always given: {@code |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2·(Σ₁Σ₂)^½)} (Dowson and Landau 1982; Heusel et
 * al. 2017). With InceptionV3's features it is the FID.
 *
 * <p>With Σ₁ = RᵀR and Σ₂ = SᵀS the trace of the root is the sum of the singular values of R·Sᵀ:
 * their squares are the eigenvalues of R·Σ₂·Rᵀ, but are never formed, so that small ones retain
 * their digits. It is exact for covariances without full rank too; no multiple of the identity is
 * added.
 */
public final class FrechetDistance {

    private FrechetDistance() {}

    /**
     * Computes the distance.
     *
     * @param one statistics of a set
     * @param other statistics of another set, of the same features
     * @return the squared distance, not negative; 0 for equal statistics, up to rounding
     * @throws IllegalArgumentException if they do not have as many features
     */
    public static double between(FeatureStatistics one, FeatureStatistics other) {
        int features = one.features();
        if (other.features() != features) {
            throw new IllegalArgumentException(
                    "one set's statistics have %s features, the other's %s; take both from the same extractor"
                            .formatted(features, other.features()));
        }
        double means = 0;
        double traces = 0;
        for (int i = 0; i < features; i++) {
            double difference = one.rawMean()[i] - other.rawMean()[i];
            means += difference * difference;
            traces +=
                    one.rawCovariance()[i * features + i] + other.rawCovariance()[i * features + i];
        }
        CovarianceFactor root = new CovarianceFactor(one.rawCovariance(), features);
        CovarianceFactor otherRoot = new CovarianceFactor(other.rawCovariance(), features);
        double overlap =
                sumOfSingularValues(root.rank(), otherRoot.rank(), root.timesTransposed(otherRoot));
        // equal sets would come out at ± the last digits of the traces
        return Math.max(0, means + (traces - 2 * overlap));
    }

    private static double sumOfSingularValues(int rows, int columns, double[] matrix) {
        if (rows == 0 || columns == 0) {
            return 0;
        }
        SingularValueDecomposition_F64<DMatrixRMaj> decomposition =
                DecompositionFactory_DDRM.svd(rows, columns, false, false, false);
        if (!decomposition.decompose(DMatrixRMaj.wrap(rows, columns, matrix))) {
            throw new ArithmeticException(
                    "the singular values of the covariances' product did not converge");
        }
        double sum = 0;
        for (int i = 0; i < decomposition.numberOfSingularValues(); i++) {
            sum += decomposition.getSingularValues()[i];
        }
        return sum;
    }
}
