package io.zigma.sampler;

import ai.djl.ndarray.NDArray;

/**
 * Hears of every step while it is taken: for progress, previews and trajectories.
 *
 * <p>It stops the sampling by throwing, for example a {@link
 * java.util.concurrent.CancellationException}: the sampler closes everything that it made and lets
 * the exception pass.
 */
@FunctionalInterface
public interface StepListener {

    /** Hears nothing. */
    StepListener NONE = step -> {};

    /**
     * Called after each step, the last one included, on the thread that samples.
     *
     * @param step where the sampling is; its arrays are closed after the call
     */
    void afterStep(Step step);

    /**
     * Where the sampling is.
     *
     * @param index the number of the step just taken, from 1 to {@code total}
     * @param total how many steps there will be
     * @param time the time that x has reached
     * @param x the batch (B, …) at that time
     * @param estimate what the model saw as the clean data at the beginning of the step (B, …), a
     *     preview that sharpens as time goes on
     */
    record Step(int index, int total, double time, NDArray x, NDArray estimate) {}
}
