package io.zigma.pipeline;

import java.util.Arrays;
import java.util.List;

/**
 * Where a model attended to each word of a prompt while it made one picture or video: DAAM's heat
 * maps (Tang et al. 2022, equation 5), for any backbone with cross-attention.
 *
 * @param frames F of a video, 1 of a picture
 * @param rows of tokens
 * @param columns of tokens
 * @param words those of the prompt that were not cut off, in order
 */
public record AttentionMap(int frames, int rows, int columns, List<Word> words) {

    /** Copies the list. */
    public AttentionMap {
        words = List.copyOf(words);
    }

    /**
     * Where the model attended to one word.
     *
     * @param text as it is in the prompt
     * @param weights for each token of the picture, frame by frame and row by row, the attention to
     *     the word's tokens (F × rows × columns), the mean over layers, heads and evaluations of
     *     the model, 0 … 1; not copied
     */
    public record Word(String text, float[] weights) {

        /**
         * Returns the fraction of all attention that the word got.
         *
         * @return 0 … 1; the rest is of the start and end tokens, punctuation, and the time in a
         *     backbone that attends to it too
         */
        public double fraction() {
            double sum = 0;
            for (float weight : weights) {
                sum += weight;
            }
            return sum / weights.length;
        }

        /**
         * Returns one frame's weights.
         *
         * @param frame from 0
         * @param size rows × columns
         * @return a copy
         */
        float[] frame(int frame, int size) {
            return Arrays.copyOfRange(weights, frame * size, (frame + 1) * size);
        }
    }
}
