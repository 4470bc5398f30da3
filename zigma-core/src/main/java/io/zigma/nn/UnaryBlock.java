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
     * @param pass parameter values and randomness of this forward pass
     * @param x the input
     * @return the output
     */
    public abstract NDArray apply(Pass pass, NDArray x);

    @Override
    protected final NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> ignored) {
        Pass pass = new Pass(store, training, DropPath.NONE);
        return new NDList(apply(pass, inputs.singletonOrThrow()));
    }
}
