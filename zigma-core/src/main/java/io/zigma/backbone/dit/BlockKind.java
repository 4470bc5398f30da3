package io.zigma.backbone.dit;

/** How a block of DiT is conditioned (DiT 2023, section 3.2 and figure 3). */
public enum BlockKind {
    /** Shift, scale and gate of both branches from the condition; starts as the identity. */
    ADALN_ZERO,
    /** Shift and scale alone. */
    ADALN,
    /** A third branch attends to time and class as a sequence of two, or to time and a text. */
    CROSS_ATTENTION,
    /** Time and class are tokens among those of the image. */
    IN_CONTEXT;

    /** Returns whether norms are modulated by the condition, and have no weights of their own. */
    boolean adaptive() {
        return this == ADALN_ZERO || this == ADALN;
    }

    /** Makes one layer. */
    DiTBlock create(DiTConfig config) {
        return switch (this) {
            case ADALN_ZERO -> new AdaLnZeroBlock(config);
            case ADALN -> new AdaLnBlock(config);
            case CROSS_ATTENTION -> new CrossAttentionBlock(config);
            case IN_CONTEXT -> new InContextBlock(config);
        };
    }
}
