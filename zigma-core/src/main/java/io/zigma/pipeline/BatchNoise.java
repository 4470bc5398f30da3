package io.zigma.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.sampler.NoiseSource;
import io.zigma.sampler.NoiseSphere;
import io.zigma.sampler.SeededNoise;
import java.util.Arrays;

/**
 * The noise of a batch, sample by sample that of one seed or on the way to that of another.
 *
 * @param seeds B of them
 * @param others the seeds that the noise goes to
 * @param fractions of the way, 0 … 1
 * @param arc which way
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record BatchNoise(long[] seeds, long[] others, double[] fractions, NoiseSphere.Arc arc) {

    /** Between the seeds of windows: far from the small numbers that people give. */
    private static final long WINDOW = 0x9e37_79b9_7f4a_7c15L;

    /**
     * Chooses the noise.
     *
     * @param noise how
     * @param seed of the request
     * @param first number of the batch's first picture
     * @param last number after the batch's last one
     * @param count how many pictures the request has
     */
    static BatchNoise of(NoiseChoice noise, long seed, int first, int last, int count) {
        int size = last - first;
        long[] seeds = new long[size];
        long[] others = new long[size];
        double[] fractions = new double[size];
        for (int i = 0; i < size; i++) {
            NoiseChoice.Seeds own = noise.seeds(seed, first + i, count);
            seeds[i] = own.seed();
            others[i] = own.other();
            fractions[i] = own.fraction();
        }
        return new BatchNoise(seeds, others, fractions, noise.arc());
    }

    /**
     * Returns the noise of a later window of the same videos.
     *
     * @param window from 1
     */
    BatchNoise ofWindow(int window) {
        long[] own = seeds.clone();
        long[] other = others.clone();
        for (int i = 0; i < own.length; i++) {
            own[i] += window * WINDOW;
            other[i] += window * WINDOW;
        }
        return new BatchNoise(own, other, fractions, arc);
    }

    /** Returns the noise to start from (B, …). */
    NDArray start(NDManager manager, Shape sample) {
        return ownOnly()
                ? SeededNoise.start(manager, sample, seeds)
                : NoiseSphere.start(manager, sample, seeds, others, fractions, arc);
    }

    /** Returns the noise of the steps. */
    NoiseSource steps() {
        return ownOnly()
                ? SeededNoise.steps(seeds)
                : NoiseSphere.steps(
                        SeededNoise.steps(seeds), SeededNoise.steps(others), fractions, arc);
    }

    private boolean ownOnly() {
        return Arrays.equals(seeds, others);
    }
}
