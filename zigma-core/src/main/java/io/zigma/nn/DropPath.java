package io.zigma.nn;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Stochastic depth: while training, a layer's contribution is left out for some images and scaled
 * up for the others (Huang et al. 2016).
 */
@FunctionalInterface
public interface DropPath {

    /** Leaves nothing out. */
    DropPath NONE =
            (batch, probability) -> {
                float[] ones = new float[batch];
                Arrays.fill(ones, 1);
                return ones;
            };

    /**
     * Samples the factors of one layer.
     *
     * @param batch number of images
     * @param probability chance that an image's contribution is left out, in (0, 1)
     * @return one factor an image: 0, or 1 / (1 − probability)
     */
    float[] factors(int batch, double probability);

    /**
     * Returns the source for a pass over a part of a batch, so that it leaves out what a pass over
     * the whole would.
     *
     * @param images number of images in the whole batch
     * @param from index of the part's first image in it
     * @return a source for one forward pass, which samples from this for the whole batch
     */
    default DropPath part(int images, int from) {
        return (batch, probability) ->
                Arrays.copyOfRange(factors(images, probability), from, from + batch);
    }

    /**
     * Samples a seed for each image, from which a layer makes what it leaves out of its activations
     * ({@link io.zigma.op.Dropout}). A seed is made of as many draws as it has bits, so that a part
     * of a batch gets those that it has in the whole.
     *
     * @param batch number of images
     * @return one an image
     */
    default long[] seeds(int batch) {
        long[] seeds = new long[batch];
        for (int bit = 0; bit < Long.SIZE; bit++) {
            float[] coins = factors(batch, 0.5);
            for (int i = 0; i < batch; i++) {
                seeds[i] = (seeds[i] << 1) | (coins[i] > 0 ? 1 : 0);
            }
        }
        return seeds;
    }

    /**
     * Returns a source whose factors depend on the seed and the order of calls only.
     *
     * @param seed any number
     * @return a source for one forward pass after another
     */
    static DropPath seeded(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return (batch, probability) -> {
            float scale = (float) (1 / (1 - probability));
            float[] factors = new float[batch];
            for (int i = 0; i < batch; i++) {
                factors[i] = random.nextDouble() < probability ? 0 : scale;
            }
            return factors;
        };
    }
}
