package io.zigma.train.loop;

import io.zigma.diffusion.TimeSampler;

/**
 * The times of a step's images and the loss at each, in the order of the images whatever thread
 * finished first, for times that learn from losses.
 */
final class StepLosses {

    private final double[] times;
    private final double[] losses;

    /**
     * Makes room for a step.
     *
     * @param images how many a step has
     */
    StepLosses(int images) {
        times = new double[images];
        losses = new double[images];
    }

    /**
     * Notes the losses of a microbatch; called by several threads at once, each for images of its
     * own.
     *
     * @param first index of its first image in the step
     * @param t the times of its images
     * @param values the loss of each
     */
    void put(int first, double[] t, float[] values) {
        for (int i = 0; i < t.length; i++) {
            times[first + i] = t[i];
            losses[first + i] = values[i];
        }
    }

    /** Has times learn from the step, when all its microbatches are done. */
    void teach(TimeSampler sampler) {
        sampler.observe(times, losses);
    }
}
