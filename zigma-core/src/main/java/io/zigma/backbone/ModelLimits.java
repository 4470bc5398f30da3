package io.zigma.backbone;

import java.util.Locale;

/**
 * Sizes far above those of every model there is, and low enough that a plan of the model costs
 * little time and memory: a larger value is a mistake or an attack.
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

    /**
     * Refuses a size that no model has.
     *
     * @param what the size's name, for the refusal
     * @param size the size
     * @param largest one of the limits; the smallest is 1
     * @throws IllegalArgumentException if it is out of range
     */
    public static void requireSize(String what, int size, int largest) {
        require(size >= 1 && size <= largest, "the %s is %d, use 1 to %d", what, size, largest);
    }

    /**
     * Checks that sizes fit together.
     *
     * @param holds what must be true
     * @param sentence what to change, as {@link String#formatted} takes it
     * @param parts of the sentence
     * @throws IllegalArgumentException if it does not hold
     */
    public static void require(boolean holds, String sentence, Object... parts) {
        if (!holds) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, sentence, parts));
        }
    }

    /**
     * Checks the width of an MLP.
     *
     * @param ratio of its width to the channels of a token
     * @param hiddenSize channels of a token
     * @throws IllegalArgumentException if the width is not 1 to {@link #SIZE}
     */
    public static void requireMlpRatio(double ratio, int hiddenSize) {
        require(
                ratio > 0 && ratio * hiddenSize >= 1 && ratio * hiddenSize <= SIZE,
                "the MLP ratio is %s, which makes a width that is not 1 to %d",
                ratio,
                SIZE);
    }
}
