package io.zigma.nn;

import ai.djl.ndarray.NDArray;

/**
 * Receives the weights of cross-attention, layer after layer, during a forward pass. A pass without
 * a listener never computes the weights: attention itself stores no more than a tile of them.
 */
@FunctionalInterface
public interface AttentionListener {

    /** Receives nothing, and costs nothing. */
    AttentionListener NONE = weights -> {};

    /**
     * Called once for each {@link CrossAttention} of a forward pass.
     *
     * @param weights how much each of L tokens takes of each of n tokens of the context, the mean
     *     over the heads (B, L, n); each row sums to 1. It is freed after the call.
     */
    void attended(NDArray weights);
}
