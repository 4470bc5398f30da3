package io.zigma.backbone.zigma;

/** The position embedding of tokens (official {@code use_pe}). */
public enum Positions {
    /** None: position enters through the order of the scan only (0). */
    NONE,
    /** Fixed sines and cosines of row and column (1). */
    SINE_COSINE,
    /** One learned vector a token, zero at first (2). */
    LEARNED
}
