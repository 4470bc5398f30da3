package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionProcess;

/**
 * The ODE in λ = log(α/σ), of which the part that is linear in x is solved exactly (Lu et al. 2022,
 * "DPM-Solver", proposition 3.1; Lu et al. 2022b, "DPM-Solver++", proposition 4.1).
 *
 * <p>With m the model's prediction, data or noise, a step from s to t with h = λ_t − λ_s is
 *
 * <pre>
 * data:   x_t = (σ_t/σ_s) x − α_t (φ₁(z) m₀ + …),  z = −h
 * noise:  x_t = (α_t/α_s) x − σ_t (φ₁(z) m₀ + …),  z = h
 * </pre>
 *
 * <p>with the same further terms in both cases, from φ₁(z) = e^z − 1, φ₂ = φ₁/z − 1 and φ₃ = φ₂/z −
 * ½.
 *
 * @param process the process
 * @param noise whether m is the noise, and not the data
 */
record HalfLinear(DiffusionProcess process, boolean noise) {

    /** The model's prediction, data or noise. */
    NDArray predicted(Denoised seen) {
        return noise ? seen.noise() : seen.data();
    }

    /** λ. */
    double lambda(double t) {
        return process.halfLogSnr(t);
    }

    /** The signed size of a step from s to t. */
    double z(double s, double t) {
        double h = lambda(t) - lambda(s);
        return noise ? h : -h;
    }

    /** The factor of x in a step from s to t. */
    double factor(double s, double t) {
        return noise ? process.alpha(t) / process.alpha(s) : process.sigma(t) / process.sigma(s);
    }

    /** The factor of the prediction, in a step to t. */
    double scale(double t) {
        return noise ? process.sigma(t) : process.alpha(t);
    }

    /**
     * Takes a step.
     *
     * @param x at s (B, …)
     * @param s its time
     * @param t the time to go to
     * @param weights of the predictions, φ₁ of m₀ and so on
     * @param predicted the m (B, …), as many
     * @return x at t, on x's manager
     */
    NDArray step(NDArray x, double s, double t, double[] weights, NDArray... predicted) {
        double[] all = new double[weights.length + 1];
        NDArray[] arrays = new NDArray[all.length];
        all[0] = factor(s, t);
        arrays[0] = x;
        for (int i = 0; i < weights.length; i++) {
            all[i + 1] = -scale(t) * weights[i];
            arrays[i + 1] = predicted[i];
        }
        return Combination.of(all, arrays);
    }

    static double phi1(double z) {
        return Math.expm1(z);
    }

    static double phi2(double z) {
        return Math.expm1(z) / z - 1;
    }

    static double phi3(double z) {
        return phi2(z) / z - 0.5;
    }
}
