package io.zigma.train.listen;

/**
 * What one step came to.
 *
 * @param step steps taken so far, this one included
 * @param total steps of the whole run
 * @param loss mean loss of the batch before the step
 * @param gradientNorm L2 norm of all gradients before clipping
 * @param rate learning rate of the step
 * @param images images in the batch
 */
public record StepReport(
        long step, long total, double loss, double gradientNorm, double rate, int images) {}
