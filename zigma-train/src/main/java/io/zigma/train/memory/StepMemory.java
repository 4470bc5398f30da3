package io.zigma.train.memory;

import java.io.IOException;
import java.util.function.IntConsumer;
import java.util.function.IntUnaryOperator;

/**
 * The memory that a step takes, estimated from steps of few images: the process without a step, a
 * copy of the gradients for each microbatch, and what the model stores of each image for the
 * backward back. An estimate: what libraries hold back and how memory is split up is not in it.
 *
 * @param process bytes of the process without a step: program, data, weights, their EMA, moments
 * @param gradients bytes of the gradients of one microbatch
 * @param image bytes for each image that goes through the model at once
 * @param microbatches number of microbatches of a batch of so many images
 */
public record StepMemory(long process, long gradients, long image, IntUnaryOperator microbatches) {

    /** Growth from one trial to another that is well above what else changes meanwhile. */
    private static final long CLEAR_GROWTH = 128L << 20;

    /**
     * Measures steps of one image, two, four, …, until the estimate is reliable, and no more than
     * needed.
     *
     * @param system says what the process has
     * @param step runs the forward and backward pass with so many images, and changes nothing
     * @param batch images of a whole batch, at least 1
     * @param gradients bytes of the gradients of one microbatch
     * @param microbatches number of microbatches of a batch of so many images
     * @param most bytes that the process may have; no step is tried that is expected to take more
     * @return what steps take
     * @throws IOException if the system does not say what the process has
     */
    static StepMemory measured(
            ProcessMemory system,
            IntConsumer step,
            int batch,
            long gradients,
            IntUnaryOperator microbatches,
            long most)
            throws IOException {
        step.accept(1); // once unseen, since it also loads and compiles
        long first = system.peakOf(() -> step.accept(1));
        StepMemory memory = new StepMemory(first - gradients, gradients, 0, microbatches);
        for (int images = 2; images <= batch; images *= 2) {
            if (memory.of(images) > most) {
                break;
            }
            int count = images;
            long peak = system.peakOf(() -> step.accept(count));
            long copies = (microbatches.applyAsInt(count) - 1) * gradients;
            long image = Math.max(0, peak - first - copies) / (count - 1);
            memory = new StepMemory(first - gradients - image, gradients, image, microbatches);
            if (peak - first - copies >= CLEAR_GROWTH) {
                break;
            }
        }
        return memory;
    }

    /**
     * Returns what the process needs for a step.
     *
     * @param images that go through the model at once
     * @return bytes in all, about
     */
    public long of(int images) {
        return process + microbatches.applyAsInt(images) * gradients + images * image;
    }

    /**
     * Returns what a step takes beyond what the process has anyway, as a part of what is left.
     *
     * @param images that go through the model at once
     * @param most bytes that the process may have
     * @return up to 1 if it fits; infinite where nothing is left
     */
    public double load(int images, long most) {
        return most <= process
                ? Double.POSITIVE_INFINITY
                : (of(images) - process) / (double) (most - process);
    }

    /**
     * Returns the largest half, quarter, … of a batch whose steps fit.
     *
     * @param batch images that do not fit
     * @param most bytes that the process may have
     * @param load the most that a step may take of what is left, at most 1
     * @return how many do, 0 if not even one
     */
    public int fitting(int batch, long most, double load) {
        int images = batch / 2;
        while (images > 0 && load(images, most) > load) {
            images /= 2;
        }
        return images;
    }
}
