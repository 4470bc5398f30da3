package io.zigma.sampler;

import ai.djl.ndarray.NDArray;

/** A network as a function of x and t alone, for a sampler's {@link Denoiser}. */
@FunctionalInterface
public interface Network {

    /**
     * Evaluates the network.
     *
     * <p>The caller gives arrays of its own, on a manager that it closes after the call, and owns
     * the result: it may be on any manager, and must not be an array that is used elsewhere.
     *
     * @param x the batch (B, …)
     * @param t one time for each sample (B) as float32, in the unit that the network was trained
     *     with
     * @return the network's output at x (B, …)
     */
    NDArray predict(NDArray x, NDArray t);
}
