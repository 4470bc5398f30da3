package io.zigma.nn;

import ai.djl.ndarray.NDArray;

/**
 * Hears where the tokens of a sample look in a context, layer after layer, as a forward pass goes.
 * A pass that nobody listens to never works the weights out: attention itself keeps no more than a
 * tile of them.
 */
@FunctionalInterface
public interface AttentionListener {

    /** Hears nothing, and costs nothing. */
    AttentionListener NONE = weights -> {};

    /**
     * Called once for each {@link CrossAttention} of a forward pass.
     *
     * @param weights how much each of L tokens takes of each of n tokens of the context, the mean
     *     over the heads (B, L, n); each row sums to 1. It is freed after the call.
     */
    void attended(NDArray weights);
}
