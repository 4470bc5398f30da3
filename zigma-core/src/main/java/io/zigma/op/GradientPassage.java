package io.zigma.op;

/** A place where gradients on their way back leave the engine's graph and enter it again. */
interface GradientPassage {

    /** Lets through what has arrived, and frees what the place holds; it is done once. */
    void pull();
}
