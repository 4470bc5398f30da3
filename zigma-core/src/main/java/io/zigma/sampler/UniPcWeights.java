package io.zigma.sampler;

/**
 * The weights of UniPC's differences D_k = (m_k − m₀)/r_k, which multiply α_t (or σ_t) as φ₁ does.
 *
 * <p>Ratios r are those of the earlier evaluations, negative, and 1 for the one at the end of the
 * step; the predictor has a weight for each earlier one, the corrector one more.
 */
interface UniPcWeights {

    /** Weights of the earlier evaluations. */
    double[] predictor(double[] ratios, double z);

    /** Weights of the earlier evaluations and of the one at the end of the step. */
    double[] corrector(double[] ratios, double z);

    /**
     * Weights that match the order's conditions (Zhao et al. 2023, equation 5, and section 3.3 for
     * B).
     *
     * @param exponential whether B(h) = e^z − 1, and not z
     */
    record Bh(boolean exponential) implements UniPcWeights {

        @Override
        public double[] predictor(double[] ratios, double z) {
            int order = ratios.length;
            double[] rho = order == 2 ? new double[] {0.5} : solved(ratios, z, order - 1);
            return scaled(rho, z);
        }

        @Override
        public double[] corrector(double[] ratios, double z) {
            double[] rho =
                    ratios.length == 1 ? new double[] {0.5} : solved(ratios, z, ratios.length);
            return scaled(rho, z);
        }

        private double b(double z) {
            return exponential ? Math.expm1(z) : z;
        }

        private double[] scaled(double[] rho, double z) {
            double[] weights = new double[rho.length];
            for (int k = 0; k < rho.length; k++) {
                weights[k] = b(z) * rho[k];
            }
            return weights;
        }

        /** Solves Σ_k r_k^(i−1)·ρ_k = i!·q_i/B for the first ratios. */
        private double[] solved(double[] ratios, double z, int count) {
            double[][] matrix = new double[count][count];
            double[] right = new double[count];
            double q = Math.expm1(z) / z - 1;
            double factorial = 1;
            for (int i = 0; i < count; i++) {
                for (int k = 0; k < count; k++) {
                    matrix[i][k] = Math.pow(ratios[k], i);
                }
                right[i] = q * factorial / b(z);
                factorial *= i + 2;
                q = q / z - 1 / factorial;
            }
            return SmallSystem.solve(matrix, right);
        }
    }

    /**
     * UniPC_v: the weights are rows of an inverse, summed with φ (Zhao et al. 2023, appendix C).
     * The official corrector uses one row only for the evaluation at the end of the step, that
     * before the last, with the last φ; so does this.
     */
    record Vary() implements UniPcWeights {

        @Override
        public double[] predictor(double[] ratios, double z) {
            int count = ratios.length - 1;
            double[][] inverse = inverse(ratios, count);
            double[] phi = phi(z, ratios.length + 1);
            double[] weights = new double[count];
            for (int k = 0; k < count; k++) {
                for (int j = 0; j < count; j++) {
                    weights[j] += phi[k + 1] * inverse[k][j];
                }
            }
            return weights;
        }

        @Override
        public double[] corrector(double[] ratios, double z) {
            int count = ratios.length;
            double[][] inverse = inverse(ratios, count);
            double[] phi = phi(z, count + 1);
            double[] weights = new double[count];
            for (int k = 0; k < count - 1; k++) {
                for (int j = 0; j < count - 1; j++) {
                    weights[j] += phi[k + 1] * inverse[k][j];
                }
            }
            weights[count - 1] = phi[count] * inverse[Math.max(count - 2, 0)][count - 1];
            return weights;
        }

        /** The inverse of C with C[i][k] = r_i^k/(k + 1)!. */
        private static double[][] inverse(double[] ratios, int count) {
            double[][] matrix = new double[count][count];
            for (int i = 0; i < count; i++) {
                double value = 1;
                for (int k = 0; k < count; k++) {
                    matrix[i][k] = value;
                    value *= ratios[i] / (k + 2);
                }
            }
            double[][] inverse = new double[count][count];
            for (int j = 0; j < count; j++) {
                double[] unit = new double[count];
                unit[j] = 1;
                double[] column = SmallSystem.solve(matrix, unit);
                for (int k = 0; k < count; k++) {
                    inverse[k][j] = column[k];
                }
            }
            return inverse;
        }

        /** φ₁ = e^z − 1, φ_(k+1) = φ_k/z − 1/k!. */
        private static double[] phi(double z, int count) {
            double[] phi = new double[count];
            double value = Math.expm1(z);
            double factorial = 1;
            for (int k = 0; k < count; k++) {
                phi[k] = value;
                value = value / z - 1 / factorial;
                factorial *= k + 2;
            }
            return phi;
        }
    }
}
