package io.zigma.diffusion;

import ai.djl.ndarray.NDArray;

/**
 * A path x_t = α(t)·data + σ(t)·noise from noise at t = 0 to data at t = 1 (Albergo et al. 2023;
 * SiT 2024, table 1).
 *
 * <p>The four functions α, σ, α′ and σ′ define a path. All else follows from them, once for all
 * paths: with the Wronskian W = α′σ − ασ′ the pair (x, velocity) is solved for (data, noise), and
 * score = −noise/σ.
 *
 * <p>Arrays are (B, …) of any rank and float type. Times are given as doubles, either one for each
 * sample or a single one for the whole batch; weights are computed in double precision. A result
 * belongs to the manager of the first array argument, gradients flow through it, and its
 * intermediate arrays are already closed.
 */
public interface Interpolant {

    /**
     * Returns the weight of the data.
     *
     * @param t the time in [0, 1]
     * @return α(t), which grows to 1 at t = 1
     */
    double alpha(double t);

    /**
     * Returns the weight of the noise.
     *
     * @param t the time in [0, 1]
     * @return σ(t), which falls from 1 (nearly, for VP) to exactly 0 at t = 1
     */
    double sigma(double t);

    /**
     * Returns how fast the data's weight grows.
     *
     * @param t the time in [0, 1]
     * @return dα/dt
     */
    double alphaRate(double t);

    /**
     * Returns how fast the noise's weight falls.
     *
     * @param t the time in [0, 1]
     * @return dσ/dt, at most 0; −∞ for VP at t = 1
     */
    double sigmaRate(double t);

    /**
     * Returns d log α/dt.
     *
     * @param t the time in [0, 1]
     * @return α′/α, +∞ where α is 0
     */
    default double logAlphaRate(double t) {
        return alphaRate(t) / alpha(t);
    }

    /**
     * Returns W = α′σ − ασ′, the determinant of (x, velocity) as functions of (data, noise).
     *
     * @param t the time in [0, 1]
     * @return a positive number; +∞ for VP at t = 1
     */
    default double wronskian(double t) {
        return alphaRate(t) * sigma(t) - alpha(t) * sigmaRate(t);
    }

    /**
     * Returns σW, what the score is divided by.
     *
     * @param t the time in [0, 1]
     * @return a finite number, 0 where the score of a single sample is infinite
     */
    default double sigmaWronskian(double t) {
        return sigma(t) * wronskian(t);
    }

    /**
     * Returns the weight of x in the data estimate made from x and the velocity.
     *
     * @param t the time in [0, 1]
     * @return −σ′/W, finite everywhere
     */
    default double dataShare(double t) {
        return -sigmaRate(t) / wronskian(t);
    }

    /**
     * Returns the diffusion of the forward (data to noise) process: half its squared noise rate,
     * and the "SBDM" diffusion coefficient of SiT.
     *
     * @param t the time in [0, 1]
     * @return σ²α′/α − σσ′ = σW/α, +∞ where α is 0
     */
    default double forwardDiffusion(double t) {
        return sigmaWronskian(t) / alpha(t);
    }

    /**
     * Returns the drift of the forward (data to noise) process.
     *
     * @param x where on the path (B, …)
     * @param t the times, B or one
     * @return −(α′/α)·x (B, …)
     */
    default NDArray forwardDrift(NDArray x, double... t) {
        return Blend.scale(x, s -> -logAlphaRate(s), t);
    }

    /**
     * Returns half the logarithm of the signal-to-noise ratio, the time of DPM-Solver (Lu et al.
     * 2022, equation 2.5).
     *
     * @param t the time in [0, 1]
     * @return λ = log(α/σ), which grows; −∞ where α is 0, +∞ where σ is 0
     */
    default double halfLogSnr(double t) {
        return Math.log(alpha(t)) - Math.log(sigma(t));
    }

    /**
     * Returns the time of a signal-to-noise ratio, the inverse of {@link #halfLogSnr}.
     *
     * @param halfLogSnr λ
     * @return the time in [0, 1]
     */
    double timeOf(double halfLogSnr);

    /**
     * Mixes noise and data.
     *
     * @param data clean samples (B, …)
     * @param noise standard normal noise of the same shape
     * @param t one time for each sample
     * @return α·data + σ·noise (B, …), on the noise's manager
     * @throws IllegalArgumentException if the shapes differ or there are not B times
     */
    default NDArray mixed(NDArray data, NDArray noise, double... t) {
        Blend.requireBatch(data, noise, t);
        return Blend.of(noise, this::sigma, data, this::alpha, t);
    }

    /**
     * Returns the velocity of a mix of noise and data.
     *
     * @param data clean samples (B, …)
     * @param noise standard normal noise of the same shape
     * @param t one time for each sample
     * @return α′·data + σ′·noise (B, …), on the noise's manager
     * @throws IllegalArgumentException if the shapes differ or there are not B times
     */
    default NDArray velocity(NDArray data, NDArray noise, double... t) {
        Blend.requireBatch(data, noise, t);
        return Blend.of(noise, this::sigmaRate, data, this::alphaRate, t);
    }

    /**
     * Converts a velocity to the score ∇ log p_t(x).
     *
     * @param velocity dx/dt at x (B, …)
     * @param x where on the path (B, …)
     * @param t the times, B or one
     * @return (αv − α′x)/(σW) (B, …); at t = 1 finite for VP, infinite or NaN on the others
     */
    default NDArray scoreFromVelocity(NDArray velocity, NDArray x, double... t) {
        return Blend.of(
                velocity,
                s -> alpha(s) / sigmaWronskian(s),
                x,
                s -> -alphaRate(s) / sigmaWronskian(s),
                t);
    }

    /**
     * Converts a velocity to the noise it implies.
     *
     * @param velocity dx/dt at x (B, …)
     * @param x where on the path (B, …)
     * @param t the times, B or one
     * @return (α′x − αv)/W (B, …), finite at both ends
     */
    default NDArray noiseFromVelocity(NDArray velocity, NDArray x, double... t) {
        return Blend.of(
                velocity, s -> -alpha(s) / wronskian(s), x, s -> alphaRate(s) / wronskian(s), t);
    }

    /**
     * Converts a velocity to the data it implies.
     *
     * @param velocity dx/dt at x (B, …)
     * @param x where on the path (B, …)
     * @param t the times, B or one
     * @return (σv − σ′x)/W (B, …), finite at both ends
     */
    default NDArray dataFromVelocity(NDArray velocity, NDArray x, double... t) {
        return Blend.of(velocity, s -> sigma(s) / wronskian(s), x, this::dataShare, t);
    }

    /**
     * Converts a score to a velocity.
     *
     * @param score ∇ log p_t(x) (B, …)
     * @param x where on the path (B, …)
     * @param t the times, B or one
     * @return (α′/α)x + (σW/α)·score (B, …); not finite where α is 0
     */
    default NDArray velocityFromScore(NDArray score, NDArray x, double... t) {
        return Blend.of(score, this::forwardDiffusion, x, this::logAlphaRate, t);
    }

    /**
     * Converts noise to a velocity.
     *
     * @param noise the noise in x (B, …)
     * @param x where on the path (B, …)
     * @param t the times, B or one
     * @return (α′x − W·noise)/α (B, …); not finite where α is 0, nor for VP at t = 1
     */
    default NDArray velocityFromNoise(NDArray noise, NDArray x, double... t) {
        return Blend.of(noise, s -> -wronskian(s) / alpha(s), x, this::logAlphaRate, t);
    }

    /**
     * Converts a score to the noise it implies.
     *
     * @param score ∇ log p_t(x) (B, …)
     * @param t the times, B or one
     * @return −σ·score (B, …)
     */
    default NDArray noiseFromScore(NDArray score, double... t) {
        return Blend.scale(score, s -> -sigma(s), t);
    }

    /**
     * Converts noise to the score it implies.
     *
     * @param noise the noise in x (B, …)
     * @param t the times, B or one
     * @return −noise/σ (B, …); not finite at t = 1
     */
    default NDArray scoreFromNoise(NDArray noise, double... t) {
        return Blend.scale(noise, s -> -1 / sigma(s), t);
    }

    /**
     * Estimates the data from a score: Tweedie's formula.
     *
     * @param score ∇ log p_t(x) (B, …)
     * @param x where on the path (B, …)
     * @param t the times, B or one
     * @return (x + σ²·score)/α (B, …); not finite where α is 0
     */
    default NDArray dataFromScore(NDArray score, NDArray x, double... t) {
        return Blend.of(score, s -> sigma(s) * sigma(s) / alpha(s), x, s -> 1 / alpha(s), t);
    }

    /**
     * Estimates the data from the noise in x.
     *
     * @param noise the noise in x (B, …)
     * @param x where on the path (B, …)
     * @param t the times, B or one
     * @return (x − σ·noise)/α (B, …); not finite where α is 0
     */
    default NDArray dataFromNoise(NDArray noise, NDArray x, double... t) {
        return Blend.of(noise, s -> -sigma(s) / alpha(s), x, s -> 1 / alpha(s), t);
    }

    /**
     * Converts data to a velocity.
     *
     * @param data the clean data (B, …)
     * @param x where on the path (B, …)
     * @param leastSigma lower bound of the σ that is divided by (Li and He 2025); 0 for σ itself
     * @param t the times, B or one
     * @return (W·data + σ′x)/max(σ, leastSigma) (B, …)
     */
    default NDArray velocityFromData(NDArray data, NDArray x, double leastSigma, double... t) {
        return Blend.of(
                data,
                s -> wronskian(s) / Math.max(sigma(s), leastSigma),
                x,
                s -> sigmaRate(s) / Math.max(sigma(s), leastSigma),
                t);
    }

    /**
     * Returns the noise in x given the data.
     *
     * @param data the clean data (B, …)
     * @param x where on the path (B, …)
     * @param t the times, B or one
     * @return (x − α·data)/σ (B, …); not finite where σ is 0
     */
    default NDArray noiseFromData(NDArray data, NDArray x, double... t) {
        return Blend.of(data, s -> -alpha(s) / sigma(s), x, s -> 1 / sigma(s), t);
    }

    /**
     * Converts data to the score they imply.
     *
     * @param data the clean data (B, …)
     * @param x where on the path (B, …)
     * @param t the times, B or one
     * @return (α·data − x)/σ² (B, …); not finite where σ is 0
     */
    default NDArray scoreFromData(NDArray data, NDArray x, double... t) {
        return Blend.of(
                data, s -> alpha(s) / (sigma(s) * sigma(s)), x, s -> -1 / (sigma(s) * sigma(s)), t);
    }
}
