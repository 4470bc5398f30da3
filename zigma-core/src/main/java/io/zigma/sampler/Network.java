package io.zigma.sampler;

import ai.djl.ndarray.NDArray;

/** A network as a sampler's {@link Denoiser} sees it: all but x and t is already filled in. */
@FunctionalInterface
public interface Network {

    /**
     * Evaluates the network.
     *
     * <p>The caller gives arrays of its own, on a manager that it closes after the call, and takes
     * the result over: it may be on any manager, it must not be an array that is used again.
     *
     * @param x the batch (B, …)
     * @param t one time for each sample (B) as float32, in the unit that the network was trained
     *     with
     * @return what the network says about x (B, …)
     */
    NDArray predict(NDArray x, NDArray t);
}
