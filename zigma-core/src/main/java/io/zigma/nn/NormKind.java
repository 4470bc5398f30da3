package io.zigma.nn;

/** How the residual stream is normalised before each mixer. */
public enum NormKind {
    /**
     * Root mean square with a learned scale (Zhang and Sennrich 2019); the published
     * configurations.
     */
    RMS,
    /** Layer normalisation with learned scale and shift (Ba et al. 2016). */
    LAYER;

    /**
     * Creates the block.
     *
     * @param size size of the last axis
     * @param epsilon added to the variance
     * @return a block from (…, size) to (…, size)
     */
    public Norm create(int size, double epsilon) {
        return switch (this) {
            case RMS -> new RmsNorm(size, epsilon);
            case LAYER -> new LayerNorm(size, epsilon);
        };
    }
}
