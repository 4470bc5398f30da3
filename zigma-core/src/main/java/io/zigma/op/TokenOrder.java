package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import io.zigma.scan.ScanPath;

/**
 * Brings tokens into the order of a path and back, with gradients: for the references, and where a
 * published program leaves tokens in another order than they came in.
 */
public final class TokenOrder {

    private TokenOrder() {}

    /**
     * Brings tokens from raster order to the order of the steps.
     *
     * @param x (B, L, …)
     * @param path over the L tokens
     * @return (B, L, …), in the manager of x
     */
    public static NDArray gather(NDArray x, ScanPath path) {
        return path.isStraight() ? x : reorder(x, path.order());
    }

    /**
     * Brings tokens from the order of the steps to raster order.
     *
     * @param x (B, L, …)
     * @param path over the L tokens
     * @return (B, L, …), in the manager of x
     */
    public static NDArray scatter(NDArray x, ScanPath path) {
        return path.isStraight() ? x : reorder(x, path.inverse());
    }

    /**
     * Takes some tokens.
     *
     * @param x (B, L, …)
     * @param tokens which of the L, in the order of the result
     * @return (B, as many, …), in the manager of x
     */
    public static NDArray take(NDArray x, int[] tokens) {
        return reorder(x, tokens);
    }

    private static NDArray reorder(NDArray x, int[] tokens) {
        // duplicated into the engine's memory, which the graph of gradients can hold on to
        NDArray index = x.getManager().create(tokens).toDevice(x.getDevice(), false).duplicate();
        return x.get(new NDIndex(":,{}", index));
    }
}
