package io.zigma.op;

/** A step of the way back that the engine does not take by itself. */
interface TapeEntry {

    /** Hands gradients on to what the step was worked out from, and frees what it holds; once. */
    void backward();
}
