package io.zigma.sampler;

import ai.djl.ndarray.NDArray;

/** A model as a sampler sees it: everything but x and t is already filled in. */
@FunctionalInterface
public interface ModelFunction {

    /**
     * Evaluates the model.
     *
     * <p>The sampler gives arrays of its own, on a manager that it closes after the call, and takes
     * the result over: it may be on any manager, it must not be an array that is used again.
     *
     * @param x the batch (B, …)
     * @param t one time for each sample (B) as float32, 0 at noise and 1 at data
     * @return the model's output, of x's shape
     */
    NDArray predict(NDArray x, NDArray t);
}
