package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.op.NormalNumbers;

/**
 * Normal noise of an image from the image's own seed, so that it is the same alone and in any
 * batch, on any machine and Java version.
 *
 * <p>The numbers come from SplitMix64 (Steele, Lea and Flood 2014) and the Box–Muller transform in
 * {@link StrictMath}, all implemented here because no library guarantees that its stream never
 * changes. Seeds are mixed before use, so streams of neighbouring seeds are unrelated. A longer
 * sample from a seed begins with the shorter one.
 */
public final class SeededNoise {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    // Separates the steps' streams from those of the initial noise; any odd number would do.
    private static final long STEPS = 0xD1B54A32D192ED03L;
    // Two more odd numbers for the likelihood's two kinds of noise.
    private static final long BETWEEN_LEVELS = 0x8CB92BA72F3D8DD7L;
    private static final long SIGNS = 0xAEF17502108EF2D9L;
    private static final double UNIT = 0x1.0p-53;

    private long state;
    private double spare = Double.NaN; // the second of a pair, NaN when it has been used

    private SeededNoise(long state) {
        this.state = state;
    }

    /**
     * Returns the noise that the image of a seed starts from.
     *
     * @param seed any number
     * @param count how many values, at least 0
     * @return standard normal values
     */
    public static float[] normal(long seed, int count) {
        float[] values = new float[count];
        new SeededNoise(mix(seed)).fill(values, 0, count);
        return values;
    }

    /**
     * Returns the noise of {@link #normal} for several seeds, computed where it is needed: on a
     * device it takes less time than a copy. It is that of {@link #normal} up to the rounding of
     * the device's logarithm, sine and cosine.
     *
     * @param manager owner of the noise, on whose device it is computed
     * @param image the shape of one image, of which {@link NormalNumbers#makes} the numbers
     * @param seeds one seed for each image
     * @return standard normal values (B, …) as float32
     */
    public static NDArray onDevice(NDManager manager, Shape image, long... seeds) {
        long[] states = new long[seeds.length];
        for (int k = 0; k < seeds.length; k++) {
            states[k] = mix(seeds[k]);
        }
        return NormalNumbers.of(manager.create(states), Math.toIntExact(image.size()))
                .reshape(new Shape(seeds.length).addAll(image));
    }

    /**
     * Returns the noise that a batch of images starts from, image k from seed k alone.
     *
     * @param manager owner of the noise
     * @param image the shape of one image, such as (C, H, W)
     * @param seeds one seed for each image
     * @return standard normal values (B, C, H, W) as float32
     */
    public static NDArray start(NDManager manager, Shape image, long... seeds) {
        SeededNoise[] streams = new SeededNoise[seeds.length];
        for (int k = 0; k < seeds.length; k++) {
            streams[k] = new SeededNoise(mix(seeds[k]));
        }
        return fill(manager, new Shape(seeds.length).addAll(image), streams);
    }

    /**
     * Returns the noise of an SDE's steps, a stream for each image, independent of the noise the
     * image starts from.
     *
     * @param seeds one seed for each image of the batch
     * @return a source with a state: use a new one for each sampling
     */
    public static NoiseSource steps(long... seeds) {
        SeededNoise[] streams = new SeededNoise[seeds.length];
        for (int k = 0; k < seeds.length; k++) {
            streams[k] = new SeededNoise(mix(mix(seeds[k]) ^ STEPS));
        }
        return (manager, shape) -> {
            if (shape.get(0) != streams.length) {
                throw new IllegalArgumentException(
                        "%s seeds make noise for that many images, not for %s"
                                .formatted(streams.length, shape.get(0)));
            }
            return fill(manager, shape, streams);
        };
    }

    /**
     * Returns the dequantisation noise of an image's pixels, a stream of its own.
     *
     * @param seed any number
     * @param count how many values, at least 0
     * @return values uniform in (0, 1]
     */
    public static double[] uniform(long seed, int count) {
        SeededNoise stream = new SeededNoise(mix(mix(seed) ^ BETWEEN_LEVELS));
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = stream.nextUnit();
        }
        return values;
    }

    /**
     * Returns the random directions that a batch's {@link Likelihood} is probed with, image k from
     * seed k alone.
     *
     * @param manager owner of the signs
     * @param image the shape of one image, such as (C, H, W)
     * @param seeds one seed for each image
     * @return −1 or 1 with equal chance (B, C, H, W) as float32
     */
    public static NDArray signs(NDManager manager, Shape image, long... seeds) {
        int each = Math.toIntExact(image.size());
        float[] values = new float[Math.multiplyExact(each, seeds.length)];
        for (int k = 0; k < seeds.length; k++) {
            SeededNoise stream = new SeededNoise(mix(mix(seeds[k]) ^ SIGNS));
            for (int i = k * each; i < (k + 1) * each; i++) {
                values[i] = stream.nextUnit() > 0.5 ? 1 : -1;
            }
        }
        return manager.create(values, new Shape(seeds.length).addAll(image));
    }

    private static NDArray fill(NDManager manager, Shape batch, SeededNoise[] streams) {
        int each = streams.length == 0 ? 0 : Math.toIntExact(batch.size() / streams.length);
        float[] values = new float[Math.multiplyExact(each, streams.length)];
        for (int k = 0; k < streams.length; k++) {
            streams[k].fill(values, k * each, each);
        }
        return manager.create(values, batch);
    }

    private void fill(float[] values, int from, int count) {
        for (int i = from; i < from + count; i++) {
            values[i] = (float) nextNormal();
        }
    }

    private double nextNormal() {
        if (!Double.isNaN(spare)) {
            double second = spare;
            spare = Double.NaN;
            return second;
        }
        double radius = Math.sqrt(-2 * StrictMath.log(nextUnit()));
        double angle = 2 * Math.PI * nextUnit();
        spare = radius * StrictMath.sin(angle);
        return radius * StrictMath.cos(angle);
    }

    /** Uniform in (0, 1], so that its logarithm is finite. */
    private double nextUnit() {
        state += GOLDEN_GAMMA;
        return ((mix(state) >>> 11) + 1) * UNIT;
    }

    /** The finaliser of SplitMix64 (David Stafford's variant 13), a bijection of 64 bits. */
    private static long mix(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
