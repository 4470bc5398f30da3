package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Noise between two noises, along a great circle: spherical interpolation (Shoemake 1985; for the
 * noise of generative models White 2016, "Sampling Generative Networks", section 2.1).
 *
 * <p>Normal noise of n values lies near the sphere of radius √n. A straight line between two noises
 * passes through the inside, where noise has less variance than any that a model was trained with;
 * the great circle stays outside.
 */
public final class NoiseSphere {

    /** Below this sine two directions are one, and the formula would divide by zero. */
    private static final double SMALLEST_SINE = 1e-9;

    private NoiseSphere() {}

    /** One of the two ways to go from a noise to another. */
    @FunctionalInterface
    public interface Arc {

        /**
         * Returns noise on the way.
         *
         * @param from noise of any length
         * @param to other noise of that length
         * @param fraction of the angle between the two, 0 … 1
         * @return a new array
         */
        float[] at(float[] from, float[] to, double fraction);
    }

    /**
     * Returns noise on the sphere through the first noise, in the direction of the other.
     *
     * @param centre noise of any length
     * @param direction other noise of that length
     * @param fraction of the angle between the two, 0 … 1
     * @return noise of the first one's norm: at 0 the first noise itself, to the last bit, at 1 the
     *     other one scaled to the norm
     */
    public static float[] around(float[] centre, float[] direction, double fraction) {
        return arc(centre, direction, fraction, norm(centre));
    }

    /**
     * Returns noise on the way between two noises; the norm changes evenly as the angle does.
     *
     * @param from noise of any length
     * @param to other noise of that length
     * @param fraction of the angle between the two, 0 … 1
     * @return at 0 the first noise and at 1 the other, to the last bit
     */
    public static float[] between(float[] from, float[] to, double fraction) {
        if (fraction == 1) {
            return to.clone();
        }
        return arc(from, to, fraction, (1 - fraction) * norm(from) + fraction * norm(to));
    }

    /**
     * Returns the steps' noise between that of two sources.
     *
     * @param from the first source
     * @param to the other one
     * @param fractions one for each sample of the batch
     * @param arc one of {@link #around} and {@link #between}
     * @return a source with the state of both
     */
    public static NoiseSource steps(NoiseSource from, NoiseSource to, double[] fractions, Arc arc) {
        return (manager, shape) -> {
            try (NDArray first = from.next(manager, shape);
                    NDArray second = to.next(manager, shape)) {
                return mixed(
                        manager,
                        shape,
                        first.toFloatArray(),
                        second.toFloatArray(),
                        fractions,
                        arc);
            }
        };
    }

    /**
     * Returns the noise that a batch starts from, between that of two seeds for each sample.
     *
     * @param manager owner of the noise
     * @param image the shape of one sample, such as (C, H, W)
     * @param seeds the first seed of each sample
     * @param others the other seed of each sample
     * @param fractions one for each sample
     * @param arc one of {@link #around} and {@link #between}
     * @return (B, C, H, W) as float32
     */
    public static NDArray start(
            NDManager manager,
            Shape image,
            long[] seeds,
            long[] others,
            double[] fractions,
            Arc arc) {
        try (NDArray first = SeededNoise.start(manager, image, seeds);
                NDArray second = SeededNoise.start(manager, image, others)) {
            return mixed(
                    manager,
                    first.getShape(),
                    first.toFloatArray(),
                    second.toFloatArray(),
                    fractions,
                    arc);
        }
    }

    private static NDArray mixed(
            NDManager manager,
            Shape batch,
            float[] first,
            float[] second,
            double[] fractions,
            Arc arc) {
        int each = first.length / fractions.length;
        float[] values = new float[first.length];
        float[] from = new float[each];
        float[] to = new float[each];
        for (int k = 0; k < fractions.length; k++) {
            System.arraycopy(first, k * each, from, 0, each);
            System.arraycopy(second, k * each, to, 0, each);
            System.arraycopy(arc.at(from, to, fractions[k]), 0, values, k * each, each);
        }
        return manager.create(values, batch);
    }

    private static float[] arc(float[] from, float[] to, double fraction, double radius) {
        if (from.length != to.length) {
            throw new IllegalArgumentException(
                    "noise of %s values is not on a sphere with noise of %s"
                            .formatted(from.length, to.length));
        }
        if (fraction == 0) {
            return from.clone();
        }
        double first = norm(from);
        double second = norm(to);
        double product = 0;
        for (int i = 0; i < from.length; i++) {
            product += from[i] / first * (to[i] / second);
        }
        double angle = StrictMath.acos(Math.max(-1, Math.min(1, product)));
        double sine = StrictMath.sin(angle);
        double a =
                sine < SMALLEST_SINE ? 1 - fraction : StrictMath.sin((1 - fraction) * angle) / sine;
        double b = sine < SMALLEST_SINE ? fraction : StrictMath.sin(fraction * angle) / sine;
        float[] values = new float[from.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (radius * (a * from[i] / first + b * to[i] / second));
        }
        return values;
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }
}
