package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * DDIM's step without noise (Song et al. 2021, equation 12 with σ = 0): x_s = α_s·data + σ_s·noise,
 * with the data and noise that are estimated at x_t. On the linear path it is Euler's step along
 * the velocity.
 */
public final class DeterministicStep {

    private DeterministicStep() {}

    /**
     * Inverts a step: finds the data and noise whose step from x leads to a given place. A network
     * that predicts them there goes that way in one evaluation (Salimans and Ho 2022, "Progressive
     * distillation", appendix G).
     *
     * @param process what the samples belong to
     * @param x where the step starts (B, …); not changed
     * @param t the times there, one for each sample
     * @param reached where it leads (B, …); not changed
     * @param s the times there, one for each sample, each nearer to the data than its t
     * @return x and t with that data and noise, new arrays on x's manager
     * @throws IllegalArgumentException if shapes or numbers of times differ, a step does not lead
     *     towards the data, or x has no noise at t
     */
    public static Noised through(
            DiffusionProcess process, NDArray x, double[] t, NDArray reached, double[] s) {
        Blend.requireBatch(reached, x, t);
        if (s.length != t.length) {
            throw new IllegalArgumentException(
                    "%s steps need an end each, not %s".formatted(t.length, s.length));
        }
        double[] samples = new double[t.length]; // 0, 1, …
        for (int i = 0; i < t.length; i++) {
            samples[i] = i;
            if (!(process.progress(s[i]) > process.progress(t[i])) || process.sigma(t[i]) == 0) {
                throw new IllegalArgumentException(
                        "a step from time %s to %s does not lead from noise to data"
                                .formatted(t[i], s[i]));
            }
        }
        DoubleUnaryOperator kept = i -> process.sigma(s[(int) i]) / process.sigma(t[(int) i]);
        DoubleUnaryOperator gained =
                i -> process.alpha(s[(int) i]) - process.alpha(t[(int) i]) * kept.applyAsDouble(i);
        NDArray data =
                Blend.of(
                        x,
                        i -> -kept.applyAsDouble(i) / gained.applyAsDouble(i),
                        reached,
                        i -> 1 / gained.applyAsDouble(i),
                        samples);
        NDArray noise =
                Blend.of(
                        x,
                        i -> 1 / process.sigma(t[(int) i]),
                        data,
                        i -> -process.alpha(t[(int) i]) / process.sigma(t[(int) i]),
                        samples);
        double[] modelTimes = Arrays.stream(t).map(process::modelTime).toArray();
        return new Noised(x, Blend.times(x.getManager(), modelTimes), data, noise, t.clone());
    }
}
