package io.zigma.bench;

/** What can be measured on its own. */
public enum BenchPart {
    /** The selective scan, forward and backward. */
    SCAN,
    /** The causal convolution, forward and backward. */
    CONVOLUTION,
    /** The model's forward pass. */
    FORWARD,
    /** The optimiser. */
    OPTIMIZER,
    /** A training step without the optimiser. */
    TRAINING,
    /** One block of ZigMa and one of DiT over the number of tokens. */
    SCALING
}
