package io.zigma.eval.classifier;

import ai.djl.ndarray.NDArray;
import io.zigma.base.SampleShape;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.Noised;
import io.zigma.sampler.SeededNoise;
import java.util.Random;

/**
 * The noise of a training's pictures: each has a time and noise of its own, which follow from its
 * place in the endless stream and the seed.
 *
 * @param process whose noise and times they are
 * @param picture (C, H, W)
 * @param seed of the training
 */
record SeededNoising(DiffusionProcess process, SampleShape picture, long seed) {

    private static final long STREAM = 0x9e37_79b9_7f4a_7c15L;

    /**
     * Adds noise to the pictures of a batch, at times that are all equally likely.
     *
     * @param images (B, C, H, W); the results belong to its manager
     * @param position of the first picture in the stream
     * @return the noisy pictures
     */
    Noised of(NDArray images, long position) {
        int count = Math.toIntExact(images.size(0));
        double[] times = new double[count];
        long[] seeds = new long[count];
        for (int i = 0; i < count; i++) {
            // as in Shifts: neighbouring seeds are spread by the multiplication
            Random random = new Random(~((seed ^ (position + i) * STREAM) * STREAM));
            times[i] = process.trainingTime(random.nextDouble());
            seeds[i] = random.nextLong();
        }
        return at(images, times, seeds);
    }

    /** Adds the noise of given seeds at given times. */
    Noised at(NDArray images, double[] times, long... seeds) {
        NDArray noise = SeededNoise.start(images.getManager(), picture.shape(), seeds);
        return process.noised(images, noise, times);
    }
}
