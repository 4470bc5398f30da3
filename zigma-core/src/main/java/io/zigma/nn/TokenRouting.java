package io.zigma.nn;

/**
 * Token routing: while training, a share of the tokens goes past the middle layers, so that these
 * cost less (Krause et al. 2025, "TREAD: Token Routing for Efficient Architecture-agnostic
 * Diffusion Training", arXiv 2501.04765). There are no parameters, and sampling is as ever.
 *
 * @param share of the tokens that goes past, 0 for none, below 1
 * @param seed decides which in a pass
 */
public record TokenRouting(double share, long seed) {

    /** All tokens go through all layers. */
    public static final TokenRouting NONE = new TokenRouting(0, 0);

    /**
     * Checks the share.
     *
     * @throws IllegalArgumentException if it is not in [0, 1)
     */
    public TokenRouting {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException(
                    "the share of tokens that goes past layers is in [0, 1), not " + share);
        }
    }
}
