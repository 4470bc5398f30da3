package io.zigma.train;

import io.zigma.sampler.SeededNoise;

/**
 * All of training's randomness: every number is a function of the run's seed, what it is for, the
 * step and the image's place in the batch.
 *
 * <p>There is no generator with a state, so the random state of a run is its step number, and a
 * resumed run draws what the uninterrupted one would have.
 */
final class Draws {

    /** What a number is drawn for; each use has its own independent stream. */
    enum Use {
        NOISE,
        TIME,
        LABEL,
        STOCHASTIC_DEPTH
    }

    private static final double UNIT = 0x1.0p-53;

    private final long seed;

    Draws(long seed) {
        this.seed = seed;
    }

    /** Returns standard normal values. */
    float[] normal(Use use, long step, int image, int count) {
        return SeededNoise.normal(bits(use, step, image), count);
    }

    /** Returns a uniform number in (0, 1). */
    double uniform(Use use, long step, int image) {
        return ((bits(use, step, image) >>> 11) + 0.5) * UNIT;
    }

    /**
     * Returns 64 bits that look random: each part of the counter goes through SplitMix64's
     * finaliser (Steele et al. 2014), so that neighbouring counters share nothing.
     */
    long bits(Use use, long step, int image) {
        return mix(mix(mix(mix(seed) + use.ordinal()) + step) + image);
    }

    private static long mix(long bits) {
        long z = bits + 0x9E3779B97F4A7C15L; // without the shift, 0 would stay 0
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
