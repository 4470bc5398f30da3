package io.zigma.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;

/**
 * A transformer that turns numbers of tokens into vectors: from (B, L) as int64 to (B, L, d). All
 * texts of a batch have the same length, so that there is nothing to mask. On a processor a text
 * gets the same numbers alone as in any batch.
 */
abstract class TextNetwork extends UnaryBlock {

    private final int size;

    /**
     * Creates a network without parameters.
     *
     * @param size d
     */
    TextNetwork(int size) {
        this.size = size;
    }

    /**
     * Makes one vector of each text.
     *
     * @param pass parameter values
     * @param hidden the network's output (B, L, d)
     * @param ids numbers of the tokens, B times L
     * @return (B, p)
     */
    abstract NDArray pool(Pass pass, NDArray hidden, int[][] ids);

    @Override
    public final Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0].add(size)};
    }
}
