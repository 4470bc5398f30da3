package io.zigma.eval.classifier;

import com.google.gson.JsonObject;
import io.zigma.train.optim.AdamWConfig;
import io.zigma.train.optim.LearningRateSchedule;
import io.zigma.train.optim.WeightDecayScope;

/**
 * How a classifier is trained: AdamW along one cosine, cross-entropy without label smoothing, each
 * picture moved by a few pixels and perhaps mirrored.
 *
 * @param steps how many
 * @param batchSize pictures a step, at least 2 as the normalisation needs
 * @param rate learning rate at its peak; it rises to it over a twentieth of the steps and falls to
 *     0 at the last
 * @param weightDecay AdamW's, on kernels and matrices only
 * @param flip true to mirror every other picture at random
 * @param shift how many pixels a picture may move each way
 * @param seed decides first weights, order, mirroring and moves
 */
public record ClassifierRecipe(
        long steps,
        int batchSize,
        double rate,
        double weightDecay,
        boolean flip,
        int shift,
        long seed) {

    /** A twentieth of the way the learning rate rises. */
    private static final int WARMUP_SHARE = 20;

    private static final double BETA_1 = 0.9;
    private static final double BETA_2 = 0.99;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if no training can follow them
     */
    public ClassifierRecipe {
        if (steps < 1) {
            throw new IllegalArgumentException("a training takes at least one step, not " + steps);
        }
        if (batchSize < 2) {
            throw new IllegalArgumentException(
                    "batch normalisation needs at least 2 pictures a batch, not " + batchSize);
        }
        if (shift < 0) {
            throw new IllegalArgumentException("pictures move by 0 pixels or more, not " + shift);
        }
        schedule(steps, rate);
        adamW(weightDecay);
    }

    /** Returns the learning rate over the steps. */
    LearningRateSchedule schedule() {
        return schedule(steps, rate);
    }

    private static LearningRateSchedule schedule(long steps, double rate) {
        return new LearningRateSchedule.Cosine(rate, 0, steps / WARMUP_SHARE, steps);
    }

    /** Returns the optimiser's constants. */
    AdamWConfig adamW() {
        return adamW(weightDecay);
    }

    private static AdamWConfig adamW(double weightDecay) {
        return new AdamWConfig(BETA_1, BETA_2, 1e-8, weightDecay, WeightDecayScope.MATRICES);
    }

    /** Returns the recipe as in a classifier's description. */
    JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("steps", steps);
        json.addProperty("batch_size", batchSize);
        json.addProperty("learning_rate", rate);
        json.addProperty("weight_decay", weightDecay);
        json.addProperty("flip", flip);
        json.addProperty("shift", shift);
        json.addProperty("seed", seed);
        return json;
    }
}
