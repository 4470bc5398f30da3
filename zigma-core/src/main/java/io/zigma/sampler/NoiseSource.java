package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** The source of an SDE's noise, step by step. */
@FunctionalInterface
public interface NoiseSource {

    /**
     * Returns the next step's noise.
     *
     * @param manager owner of the noise
     * @param shape the batch (B, …)
     * @return standard normal noise of that shape as float32, a new array
     */
    NDArray next(NDManager manager, Shape shape);
}
