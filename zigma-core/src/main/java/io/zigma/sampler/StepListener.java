package io.zigma.sampler;

import ai.djl.ndarray.NDArray;

/**
 * Called after every step: for progress, previews and trajectories.
 *
 * <p>It cancels sampling by throwing, for example a {@link
 * java.util.concurrent.CancellationException}: the sampler closes all its arrays and lets the
 * exception pass.
 */
@FunctionalInterface
public interface StepListener {

    /** Does nothing. */
    StepListener NONE = step -> {};

    /**
     * Called after each step, the last one included, on the thread that samples.
     *
     * @param step the state of sampling; its arrays are closed after the call
     */
    void afterStep(Step step);

    /**
     * The state of sampling after a step.
     *
     * @param index of the step just taken, from 1 to {@code total}
     * @param total how many steps there will be
     * @param time the time that x has reached
     * @param x the batch (B, …) at that time
     * @param estimate the data predicted at the beginning of the step (B, …), a preview that
     *     sharpens over the steps
     */
    record Step(int index, int total, double time, NDArray x, NDArray estimate) {}
}
