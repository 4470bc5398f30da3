package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.zigma.base.GradientMode;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.NoiseLevels;
import io.zigma.diffusion.Noised;
import io.zigma.diffusion.VariationalBound;
import java.util.Arrays;

/**
 * The variational bound on −log₂ p of data, term by term (Ho et al. 2020, equation 5; official
 * {@code calc_bpd_loop}).
 *
 * @param terms bits a dimension of each sample at each level, the noisiest first (B, levels)
 * @param dataError mean squared error of the predicted data (B, levels)
 * @param noiseError mean squared error of the predicted noise (B, levels)
 * @param prior bits a dimension by which the noisiest level is not noise (B)
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record StepwiseBound(
        double[][] terms, double[][] dataError, double[][] noiseError, double[] prior) {

    /**
     * Evaluates a model at every level once.
     *
     * @param model the model
     * @param process what it was trained on
     * @param levels the noise levels
     * @param data values of 256 levels in [−1, 1] (B, …); not changed
     * @param noise standard normal noise for each level, the noisiest first
     * @return the bound's terms
     */
    public static StepwiseBound of(
            Denoiser model,
            DiffusionProcess process,
            NoiseLevels levels,
            NDArray data,
            NoiseSource noise) {
        int batch = Math.toIntExact(data.size(0));
        double[][] terms = new double[batch][levels.size()];
        double[][] dataError = new double[batch][levels.size()];
        double[][] noiseError = new double[batch][levels.size()];
        return GradientMode.off(
                () -> {
                    for (int level = levels.size() - 1; level >= 0; level--) {
                        try (NDManager scope = data.getManager().newSubManager()) {
                            NDArray own = data.duplicate();
                            own.attach(scope);
                            double[] times = filled(batch, levels.time(level));
                            Noised at =
                                    process.noised(own, noise.next(scope, data.getShape()), times);
                            Denoised seen = model.at(at.x(), levels.time(level));
                            int column = levels.size() - 1 - level;
                            double[] places = filled(batch, level);
                            fill(
                                    terms,
                                    column,
                                    VariationalBound.terms(process, seen, at, levels, places));
                            fill(dataError, column, meanSquare(seen.data().sub(own)));
                            fill(noiseError, column, meanSquare(seen.noise().sub(at.noise())));
                        }
                    }
                    try (NDArray last = VariationalBound.prior(levels, data)) {
                        return new StepwiseBound(terms, dataError, noiseError, numbers(last));
                    }
                });
    }

    /**
     * Returns the whole bound.
     *
     * @return bits a dimension of each sample
     */
    public double[] total() {
        double[] total = new double[prior.length];
        for (int i = 0; i < total.length; i++) {
            total[i] = prior[i] + Arrays.stream(terms[i]).sum();
        }
        return total;
    }

    private static NDArray meanSquare(NDArray error) {
        return error.square().reshape(error.size(0), -1).mean(new int[] {1}); // (B)
    }

    private static void fill(double[][] rows, int column, NDArray values) {
        double[] numbers = numbers(values);
        for (int i = 0; i < rows.length; i++) {
            rows[i][column] = numbers[i];
        }
    }

    private static double[] numbers(NDArray values) {
        try (NDArray wide = values.toType(DataType.FLOAT64, true)) {
            return wide.toDoubleArray();
        }
    }

    private static double[] filled(int count, double value) {
        double[] values = new double[count];
        Arrays.fill(values, value);
        return values;
    }
}
