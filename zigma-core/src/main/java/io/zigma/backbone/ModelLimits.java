package io.zigma.backbone;

/**
 * Sizes far above those of every model there is, and low enough that a plan of the model costs
 * little time and memory: a description that asks for more is a mistake, or means harm.
 */
public final class ModelLimits {

    /** Rows or columns of an image. */
    public static final int IMAGE_SIDE = 4096;

    /** Frames of a video. */
    public static final int FRAMES = 4096;

    /** Tokens that a layer scans. */
    public static final int TOKENS = 1 << 20;

    /** Side of a patch. */
    public static final int PATCH = 256;

    /** Values a pixel. */
    public static final int CHANNELS = 4096;

    /** Channels of a token, states of a channel, rank of a projection, size of a text token. */
    public static final int SIZE = 1 << 16;

    /** Layers, and how many times wider a mixer is inside. */
    public static final int DEPTH = 1024;

    private ModelLimits() {}
}
