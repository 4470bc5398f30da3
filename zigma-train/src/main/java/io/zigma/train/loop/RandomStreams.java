package io.zigma.train.loop;

import io.zigma.sampler.SeededNoise;

/**
 * All of training's randomness: every number is a function of the run's seed, what it is for, the
 * step and the image's position in the step.
 *
 * <p>There is no generator with a state, so the random state of a run is its step number, and a
 * resumed run has the numbers that the uninterrupted one would have had.
 */
final class RandomStreams {

    /**
     * What a number is for; each has an independent stream. Their order is part of the numbers, so
     * that new ones go to the end.
     */
    enum Purpose {
        NOISE,
        TIME,
        LABEL,
        STOCHASTIC_DEPTH,
        OTHER_NOISES,
        TOKEN_ROUTING
    }

    private static final double UNIT = 0x1.0p-53;

    private final long seed;

    /**
     * Makes the streams of a run.
     *
     * @param seed any number
     */
    RandomStreams(long seed) {
        this.seed = seed;
    }

    /**
     * Returns standard normal values.
     *
     * @param step steps taken before this one
     * @param image position in the step, from 0
     * @param count how many values, at least 0
     */
    float[] normal(Purpose purpose, long step, int image, int count) {
        return SeededNoise.normal(bits(purpose, step, image), count);
    }

    /**
     * Returns a uniform number in (0, 1).
     *
     * @param step steps taken before this one
     * @param image position in the step, from 0
     */
    double uniform(Purpose purpose, long step, int image) {
        return ((bits(purpose, step, image) >>> 11) + 0.5) * UNIT;
    }

    /**
     * Returns 64 pseudorandom bits: each part of the counter goes through SplitMix64's finaliser
     * (Steele et al. 2014), so that the bits of neighbouring counters are unrelated.
     *
     * @param step steps taken before this one
     * @param image position in the step, from 0
     */
    long bits(Purpose purpose, long step, int image) {
        return mix(mix(mix(mix(seed) + purpose.ordinal()) + step) + image);
    }

    private static long mix(long bits) {
        long z = bits + 0x9E3779B97F4A7C15L; // without the shift, 0 would stay 0
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
