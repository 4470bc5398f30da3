package io.zigma.scan;

/** Which of two readings a variant has where the official code slips. */
public enum Fidelity {
    /** As the paper means it. */
    CORRECT,
    /** As the official code computes it, its slip included: what its checkpoints learnt on. */
    COMPATIBLE
}
