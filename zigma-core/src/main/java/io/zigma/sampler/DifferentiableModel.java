package io.zigma.sampler;

import ai.djl.ndarray.NDArray;

/** A model whose dependence on x can be followed backwards, as a likelihood needs it. */
@FunctionalInterface
public interface DifferentiableModel {

    /**
     * Evaluates the model and pulls a direction of its output back to its input.
     *
     * <p>The caller gives arrays of its own, on a manager that it closes after the call, and takes
     * the results over: they may be on any manager, they must not be arrays that are used again.
     *
     * @param x the batch (B, …)
     * @param t one time for each sample (B) as float32, 0 at noise and 1 at data
     * @param direction a weight for each output (B, …)
     * @return the output, and the gradient of Σ output·direction with respect to x
     */
    Pullback predict(NDArray x, NDArray t, NDArray direction);

    /**
     * What a model gives in both directions.
     *
     * @param output the model's output, of x's shape
     * @param gradient Jᵀ·direction with J the derivative of output by x, of x's shape
     */
    record Pullback(NDArray output, NDArray gradient) {}
}
