package io.zigma.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.SampleShape;
import io.zigma.nn.AttentionListener;
import io.zigma.text.PromptWords;
import java.util.ArrayList;
import java.util.List;

/**
 * Sums the cross-attention weights of prompts over all layers and evaluations of a sampling. Of a
 * guided evaluation, which has the batch twice, it takes the half with the condition.
 */
final class AttentionRecorder implements AttentionListener {

    private final SampleShape sample;
    private final int images;
    private final int context;

    private double[] sums = new double[0]; // (B, L, n)
    private int positions; // L
    private long calls;

    /**
     * Creates a recorder. *
     *
     * @param sample the size of a sample
     * @param images B of them at once
     * @param context n tokens of a prompt
     */
    AttentionRecorder(SampleShape sample, int images, int context) {
        this.sample = sample;
        this.images = images;
        this.context = context;
    }

    @Override
    public void attended(NDArray weights) {
        Shape shape = weights.getShape(); // (B or 2B, L, k)
        int given = (int) shape.get(2);
        int before = given - context; // tokens that are not the prompt's, such as the time
        if (before < 0 || shape.get(0) < images) {
            throw new IllegalArgumentException(
                    "attention of %s is not that of %s prompts of %s tokens"
                            .formatted(shape, images, context));
        }
        positions = (int) shape.get(1);
        if (sums.length == 0) {
            sums = new double[images * positions * context];
        }
        float[] values = weights.toFloatArray();
        for (int row = 0; row < images * positions; row++) {
            for (int token = 0; token < context; token++) {
                sums[row * context + token] += values[row * given + before + token];
            }
        }
        calls++;
    }

    /**
     * Returns the maps.
     *
     * @param words those of each prompt with the positions of their tokens
     * @return one map an image
     * @throws IllegalStateException if the model attended to nothing, or its tokens are no grid
     */
    List<AttentionMap> maps(List<List<PromptWords.Placed>> words) {
        if (calls == 0) {
            throw new IllegalStateException(
                    "this model has no cross-attention, so there are no attention maps");
        }
        int patch = patch();
        int rows = sample.height() / patch;
        int columns = sample.width() / patch;
        List<AttentionMap> maps = new ArrayList<>();
        for (int image = 0; image < images; image++) {
            List<AttentionMap.Word> found = new ArrayList<>();
            for (PromptWords.Placed word : words.get(image)) {
                found.add(new AttentionMap.Word(word.word().text(), weights(image, word)));
            }
            maps.add(new AttentionMap(sample.frameCount(), rows, columns, found));
        }
        return maps;
    }

    /** The attention to a word is the sum over its tokens. */
    private float[] weights(int image, PromptWords.Placed word) {
        float[] weights = new float[positions];
        for (int place = 0; place < positions; place++) {
            double sum = 0;
            for (int token = word.first(); token < word.end(); token++) {
                sum += sums[(image * positions + place) * context + token];
            }
            weights[place] = (float) (sum / calls);
        }
        return weights;
    }

    /** Returns the side of the square patches that so many tokens are of. */
    private int patch() {
        long pixels = (long) sample.frameCount() * sample.height() * sample.width();
        int patch = (int) Math.round(Math.sqrt((double) pixels / positions));
        boolean grid =
                patch > 0
                        && sample.height() % patch == 0
                        && sample.width() % patch == 0
                        && (long) positions * patch * patch == pixels;
        if (!grid) {
            throw new IllegalStateException(
                    "%s tokens are no grid of square patches of %s".formatted(positions, sample));
        }
        return patch;
    }
}
