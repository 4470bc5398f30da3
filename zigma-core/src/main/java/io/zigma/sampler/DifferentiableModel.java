package io.zigma.sampler;

import ai.djl.ndarray.NDArray;

/** A model with vector–Jacobian products with respect to x, as a likelihood needs them. */
@FunctionalInterface
public interface DifferentiableModel {

    /**
     * Evaluates the model and pulls a direction of its output back to its input.
     *
     * <p>The caller gives arrays of its own, on a manager that it closes after the call, and owns
     * the results: they may be on any manager, and must not be arrays that are used elsewhere.
     *
     * @param x the batch (B, …)
     * @param t one time for each sample (B) as float32, 0 at noise and 1 at data
     * @param direction a weight for each output (B, …)
     * @return the output, and the gradient of Σ output·direction with respect to x
     */
    Pullback predict(NDArray x, NDArray t, NDArray direction);

    /**
     * The results of a forward and a backward pass.
     *
     * @param output the model's output, of x's shape
     * @param gradient Jᵀ·direction with J the derivative of output by x, of x's shape
     */
    record Pullback(NDArray output, NDArray gradient) {}
}
