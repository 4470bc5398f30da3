package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * The terms of DDPM's variational bound on −log p(data) (Ho et al. 2020, equation 5), in bits a
 * dimension: how far the reverse step is from the posterior, and at step 0 what a decoder to 256
 * levels costs.
 *
 * <p>Gradients flow through everything. Numbers that are multiplied with are arrays of the engine
 * ({@link Blend#column}), because backward reads them again.
 */
public final class VariationalBound {

    private static final double LN_2 = Math.log(2);
    // half of a level of 256 in [−1, 1], and the bounds of the first and the last one
    private static final double HALF_LEVEL = 1.0 / 255;
    private static final double LAST_LEVEL = 0.999;
    private static final double LEAST_PROBABILITY = 1e-12;

    private VariationalBound() {}

    /** One term for each sample (B), that of its own step. */
    static NDArray terms(Ddpm process, Denoised seen, Noised at) {
        return terms(process, seen, at, process.levels(), at.times());
    }

    /**
     * Returns one term for each sample.
     *
     * @param process the process
     * @param seen the model's estimates for the noisy samples
     * @param at the noisy samples
     * @param levels the noise levels
     * @param level indices of the levels, one for each sample
     * @return in bits a dimension (B)
     */
    public static NDArray terms(
            DiffusionProcess process,
            Denoised seen,
            Noised at,
            NoiseLevels levels,
            double... level) {
        NDArray mean = process.reverseMean(seen, levels, level);
        NDArray logVariance = process.reverseLogVariance(seen, levels, level);
        boolean decodes = Arrays.stream(level).anyMatch(i -> i == 0);
        boolean steps = Arrays.stream(level).anyMatch(i -> i > 0);
        if (!decodes) {
            return divergence(mean, logVariance, at, levels, level);
        }
        NDArray decoder = decoder(mean, logVariance, at.data());
        return steps
                ? Blend.scale(decoder, i -> i == 0 ? 1 : 0, level)
                        .add(
                                Blend.scale(
                                        divergence(mean, logVariance, at, levels, level),
                                        i -> i == 0 ? 0 : 1,
                                        level))
                : decoder;
    }

    /**
     * Returns the information about the data left at the last step, in bits a dimension: the
     * divergence of q(x_T | data) from the standard normal distribution.
     *
     * @param levels all levels
     * @param data clean samples (B, …)
     * @return (B)
     */
    public static NDArray prior(NoiseLevels levels, NDArray data) {
        int last = levels.size() - 1;
        double sigma = levels.sigma(last);
        NDArray mean = scaled(data, levels.alpha(last));
        NDArray logVariance = Blend.column(data, i -> 2 * Math.log(sigma), 0);
        NDArray zero = data.zerosLike();
        return bits(normalDivergence(mean, logVariance, zero, zero));
    }

    /** The divergence of the reverse step from the posterior, of each sample. */
    private static NDArray divergence(
            NDArray mean, NDArray logVariance, Noised at, NoiseLevels levels, double... level) {
        NDArray posterior =
                Blend.of(
                        at.data(),
                        i -> levels.dataWeight((int) i),
                        at.x(),
                        i -> levels.xWeight((int) i),
                        level);
        NDArray posteriorLogVariance =
                Blend.column(at.x(), i -> levels.posteriorLogVariance((int) i), level);
        return bits(normalDivergence(posterior, posteriorLogVariance, mean, logVariance));
    }

    /** KL(N(mean1, e^logVariance1) ‖ N(mean2, e^logVariance2)) in nats, of each element. */
    static NDArray normalDivergence(
            NDArray mean1, NDArray logVariance1, NDArray mean2, NDArray logVariance2) {
        NDArray ratio = logVariance2.sub(logVariance1); // (B, …) or (B, 1, …)
        NDArray spread = ratio.neg().exp();
        NDArray distance = mean1.sub(mean2).square().mul(logVariance2.neg().exp());
        return half(distance.add(ratio.add(spread).sub(1)));
    }

    /** −log of the probability of a level under a normal distribution, in bits a dimension. */
    private static NDArray decoder(NDArray mean, NDArray logVariance, NDArray data) {
        NDArray all = logVariance.broadcast(mean.getShape());
        return bits(levelLogLikelihood(data, mean, half(all))).neg();
    }

    /**
     * Returns the log-likelihood of 256 levels in [−1, 1] under a normal distribution.
     *
     * @param data values of levels (B, …)
     * @param mean (B, …)
     * @param logScale logarithm of the standard deviation (B, …)
     * @return in nats, of each element
     */
    static NDArray levelLogLikelihood(NDArray data, NDArray mean, NDArray logScale) {
        NDArray centred = data.sub(mean);
        NDArray precision = logScale.neg().exp();
        NDArray above = normalCdf(precision.mul(centred.add(HALF_LEVEL)));
        NDArray below = normalCdf(precision.mul(centred.sub(HALF_LEVEL)));
        NDArray within = log(above.sub(below));
        NDArray first = log(above);
        NDArray last = log(below.neg().add(1));
        NDArray inner = NDArrays.where(data.gt(LAST_LEVEL), last, within);
        return NDArrays.where(data.lt(-LAST_LEVEL), first, inner);
    }

    /** Page's approximation of the standard normal distribution, as in the official code. */
    static NDArray normalCdf(NDArray x) {
        NDArray cubic = scaled(x.square().mul(x), 0.044715);
        return half(scaled(x.add(cubic), Math.sqrt(2 / Math.PI)).tanh().add(1));
    }

    private static NDArray log(NDArray probability) {
        NDArray least = Blend.column(probability, i -> LEAST_PROBABILITY, 0);
        return probability.maximum(least).log();
    }

    private static NDArray bits(NDArray nats) {
        NDArray rows = nats.reshape(nats.size(0), -1).mean(new int[] {1}); // (B)
        return scaled(rows, 1 / LN_2);
    }

    private static NDArray half(NDArray x) {
        return scaled(x, 0.5);
    }

    private static NDArray scaled(NDArray x, double factor) {
        DoubleUnaryOperator constant = i -> factor;
        return Blend.scale(x, constant, 0);
    }
}
