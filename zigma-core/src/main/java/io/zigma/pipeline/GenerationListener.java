package io.zigma.pipeline;

import java.awt.image.BufferedImage;
import java.util.List;

/** Hears how far a generation is; it stops it by throwing, and everything made so far is freed. */
public interface GenerationListener {

    /** Hears nothing. */
    GenerationListener NONE = (done, total) -> {};

    /**
     * Called after each step of each batch.
     *
     * @param done steps taken, all batches together
     * @param total steps to take, all batches together
     */
    void progress(int done, int total);

    /**
     * Called after each evaluation of the model. Guidance evaluates it twice at once, with and
     * without the condition; that is told as one.
     *
     * @param images how many images it is evaluated for
     * @param guided whether it is done with and without the condition
     */
    default void evaluated(int images, boolean guided) {}

    /**
     * Called before the first step with what is worth knowing of the prompts, which are taken all
     * the same: one is empty or was cut, a word means nothing to the model.
     *
     * @param note one line
     */
    default void noticed(String note) {}

    /**
     * Returns whether {@link #attention} should be called: working out the maps costs time that
     * sampling does not need.
     *
     * @return false unless overridden
     */
    default boolean wantsAttention() {
        return false;
    }

    /**
     * Called after each batch with the attention map of each image's prompt, before {@link
     * #finished}.
     *
     * @param firstImage number of the batch's first image
     * @param maps one an image
     */
    default void attention(int firstImage, List<AttentionMap> maps) {}

    /**
     * Returns whether {@link #preview} should be called: making pictures of every step costs time.
     *
     * @return false unless overridden
     */
    default boolean wantsPreviews() {
        return false;
    }

    /**
     * Called after each step with pictures of where the sampling is.
     *
     * @param firstImage number of the batch's first image
     * @param step number of the step just taken, from 1
     * @param pictures the noisy images of the batch
     */
    default void preview(int firstImage, int step, List<BufferedImage> pictures) {}

    /**
     * Called after each batch with what it came to, so that it can be kept whatever happens later.
     *
     * @param first number of the batch's first image, from 0
     * @param images the batch's images in order; batches come in order too
     */
    default void finished(int first, List<GeneratedImage> images) {}
}
