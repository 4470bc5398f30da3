package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import io.zigma.scan.ScanPath;

/** Brings tokens into the order of a path and back, for the references. */
final class TokenOrder {

    private TokenOrder() {}

    /** From raster order to the order of the steps, (B, L, …). */
    static NDArray gather(NDArray x, ScanPath path) {
        return path.isStraight() ? x : reorder(x, path.order());
    }

    /** From the order of the steps to raster order, (B, L, …). */
    static NDArray scatter(NDArray x, ScanPath path) {
        return path.isStraight() ? x : reorder(x, path.inverse());
    }

    private static NDArray reorder(NDArray x, int[] tokens) {
        // duplicated into the engine's memory, which the graph of gradients can hold on to
        NDArray index = x.getManager().create(tokens).toDevice(x.getDevice(), false).duplicate();
        return x.get(new NDIndex(":,{}", index));
    }
}
