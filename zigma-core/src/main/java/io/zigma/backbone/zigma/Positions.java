package io.zigma.backbone.zigma;

/** The table that tells tokens where they stand (official {@code use_pe}). */
public enum Positions {
    /** None: the scan's order is all a token knows (0). */
    NONE,
    /** Fixed sines and cosines of row and column (1). */
    SINE_COSINE,
    /** One learned vector a token, zero at first (2). */
    LEARNED
}
