package io.zigma.train.autoencoder;

import com.google.gson.JsonObject;
import io.zigma.op.Precision;
import io.zigma.train.optim.LearningRateSchedule;

/**
 * How an autoencoder is trained.
 *
 * @param steps in all
 * @param batchSize crops a step
 * @param crop side of a crop in pixels, a multiple of the factor
 * @param rate the learning rate at its peak; it falls along a cosine to a twentieth
 * @param latentNoise deviation of the noise on latents, whose channels start with deviation 1: it
 *     keeps latents smooth, in place of a posterior and its divergence
 * @param flip whether every other crop is mirrored
 * @param seed decides everything random
 * @param saveEvery steps between two states
 * @param recompute whether layers run again in the backward pass to save memory
 * @param precision what the factors of large products and convolutions are rounded to; weights,
 *     sums and the optimiser are float32 in any case
 */
public record AutoencoderSettings(
        long steps,
        int batchSize,
        int crop,
        double rate,
        double latentNoise,
        boolean flip,
        long seed,
        int saveEvery,
        boolean recompute,
        Precision precision) {

    /** 10,000 steps of 16 crops of 128 pixels. */
    public static final AutoencoderSettings DEFAULT =
            new AutoencoderSettings(
                    10_000, 16, 128, 8e-4, 0.1, false, 0, 500, false, Precision.FLOAT32);

    private static final int WARMUP = 50;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException with what to change
     */
    public AutoencoderSettings {
        if (steps < 1 || batchSize < 1 || crop < 1 || saveEvery < 1) {
            throw new IllegalArgumentException(
                    "steps, crops a step, their side and steps between states are 1 or more, not %s, %s, %s and %s"
                            .formatted(steps, batchSize, crop, saveEvery));
        }
        if (!(rate > 0) || rate > 1 || !(latentNoise >= 0) || latentNoise > 10) {
            throw new IllegalArgumentException(
                    "the learning rate is in (0, 1] and noise on latents in [0, 10], not %s and %s"
                            .formatted(rate, latentNoise));
        }
    }

    /** Returns the learning rate of every step. */
    LearningRateSchedule schedule() {
        long warmup = Math.min(WARMUP, steps / 10);
        return new LearningRateSchedule.Cosine(rate, rate / 20, warmup, steps);
    }

    /** Returns what a state depends on beside the data: what must not change when it is resumed. */
    JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("steps", steps);
        json.addProperty("batch_size", batchSize);
        json.addProperty("crop", crop);
        json.addProperty("learning_rate", rate);
        json.addProperty("latent_noise", latentNoise);
        json.addProperty("flip", flip);
        json.addProperty("seed", seed);
        if (precision != Precision.FLOAT32) { // earlier states have none
            json.addProperty("precision", precision.label());
        }
        return json;
    }
}
