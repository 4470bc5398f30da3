package io.zigma.op;

/** A step of the backward pass that the engine does not compute itself. */
interface TapeEntry {

    /** Propagates gradients to the inputs of the step, and frees what it holds; called once. */
    void backward();
}
