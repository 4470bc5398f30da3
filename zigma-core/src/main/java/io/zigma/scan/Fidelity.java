package io.zigma.scan;

/** Which of two versions of a variant is meant where the official code has a bug. */
public enum Fidelity {
    /** As the paper describes it. */
    CORRECT,
    /**
     * As the official code computes it, its bug included: what its checkpoints were trained with.
     */
    COMPATIBLE
}
