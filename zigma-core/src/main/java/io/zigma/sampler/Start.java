package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.diffusion.DiffusionProcess;

/**
 * Where a sampler starts. From pure noise at the process's start sampling generates a new image;
 * from an image with some noise, at a later time, a variation of it (Meng et al. 2022, "SDEdit").
 *
 * @param x the batch (B, …); not changed
 * @param t its time, in the process's unit
 */
public record Start(NDArray x, double t) {

    /**
     * Starts from pure noise.
     *
     * @param process the process
     * @param noise standard normal noise (B, …)
     * @return the start of the process
     */
    public static Start from(DiffusionProcess process, NDArray noise) {
        return new Start(process.prior(noise), process.start());
    }

    /**
     * Starts from an image.
     *
     * @param process the process
     * @param data the image (B, …)
     * @param noise standard normal noise of the same shape
     * @param strength how much is changed: 1 is all of it, near 0 nothing
     * @return the image with as much noise as the process has at that fraction of the time range
     * @throws IllegalArgumentException if the strength is not above 0 and at most 1
     */
    public static Start between(
            DiffusionProcess process, NDArray data, NDArray noise, double strength) {
        if (!(strength > 0 && strength <= 1)) {
            throw new IllegalArgumentException(
                    "the strength must be above 0 and at most 1, not " + strength);
        }
        double t = process.time(1 - strength);
        double[] times = new double[(int) data.size(0)];
        java.util.Arrays.fill(times, t);
        return new Start(process.noised(data, noise, times).x(), t);
    }
}
