package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/**
 * A block that turns one array into one array; to DJL it is a block of one input and one output.
 */
public abstract class UnaryBlock extends NamedBlock {

    /** Creates a block without parameters or children. */
    protected UnaryBlock() {}

    /**
     * Applies the block.
     *
     * @param store where the parameters' values come from
     * @param x the input
     * @param training true in a training pass
     * @return the output
     */
    public abstract NDArray apply(ParameterStore store, NDArray x, boolean training);

    @Override
    protected final NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        return new NDList(apply(store, inputs.singletonOrThrow(), training));
    }
}
