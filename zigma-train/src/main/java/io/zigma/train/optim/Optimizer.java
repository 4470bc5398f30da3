package io.zigma.train.optim;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** Moves weights against their gradients; what it remembers between steps can be saved. */
public interface Optimizer extends AutoCloseable {

    /**
     * Moves every parameter one step.
     *
     * @param gradients a gradient for each parameter, of its shape; left unchanged
     * @param rate learning rate of this step
     */
    void step(Map<String, NDArray> gradients, double rate);

    /**
     * Returns how many steps were taken.
     *
     * @return steps, those before a restore included
     */
    long steps();

    /**
     * Returns the running means of the gradients, for checkpoints.
     *
     * @return live arrays by parameter name; not to be changed or closed
     */
    Map<String, NDArray> firstMoments();

    /**
     * Returns the running means of the squared gradients, for checkpoints.
     *
     * @return live arrays by the names of the parameters that have one; not to be changed or closed
     */
    Map<String, NDArray> secondMoments();

    /**
     * Takes up where a checkpoint left off.
     *
     * @param stepsTaken steps that led to these moments, at least 0
     * @param first running means of the gradients by parameter name; copied
     * @param second running means of the squared gradients by parameter name; copied
     * @throws IllegalArgumentException if a moment is missing, has another shape or is one of
     *     another optimiser
     */
    void restore(long stepsTaken, Map<String, NDArray> first, Map<String, NDArray> second);

    /** Frees the moments. */
    @Override
    void close();
}
