package io.zigma.pipeline;

import java.awt.image.BufferedImage;
import java.util.List;

/**
 * Called with the progress of a generation; it cancels it by throwing, and all arrays are freed.
 */
public interface GenerationListener {

    /** Does nothing. */
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
     * without the condition; that is one call.
     *
     * @param images how many images it is evaluated for
     * @param guided whether it is done with and without the condition
     */
    default void evaluated(int images, boolean guided) {}

    /**
     * Called before the first step with notes on the prompts, which are used all the same: one is
     * empty or was truncated, a word is unknown to the model.
     *
     * @param note one line
     */
    default void noticed(String note) {}

    /**
     * Returns whether {@link #attention} should be called: working out the maps costs time that
     * sampling does not need.
     *
     * @return false by default
     */
    default boolean wantsAttention() {
        return false;
    }

    /**
     * Called after each batch with the attention map of each image's prompt, before {@link
     * #finished}.
     *
     * @param firstImage index of the batch's first image
     * @param maps one an image
     */
    default void attention(int firstImage, List<AttentionMap> maps) {}

    /**
     * Returns whether {@link #preview} should be called: decoding every step costs time.
     *
     * @return false by default
     */
    default boolean wantsPreviews() {
        return false;
    }

    /**
     * Called after each step with pictures of the present state. Latents before the last step are
     * shown by their codec's linear preview where it has one, and decoded where it has none.
     *
     * @param firstImage index of the batch's first image
     * @param step index of the step just taken, from 1
     * @param pictures the noisy images of the batch
     */
    default void preview(int firstImage, int step, List<BufferedImage> pictures) {}

    /**
     * Called after each batch with its results, so that they can be saved whatever happens later.
     *
     * @param first index of the batch's first image, from 0
     * @param images the batch's images in order; batches come in order too
     */
    default void finished(int first, List<GeneratedImage> images) {}
}
