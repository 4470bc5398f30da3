package io.zigma.nn;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/**
 * What initialisations are made of. Every parameter has a random stream of its own, seeded by the
 * model's seed and the parameter's name, so that a weight does not depend on which others there
 * are.
 */
public final class InitialValues {

    private InitialValues() {}

    /** Says what a parameter starts from. */
    @FunctionalInterface
    public interface Rule {

        /**
         * Computes the values of one parameter.
         *
         * @param name its official name
         * @param shape its shape
         * @param random its random stream
         * @return as many values as the shape has, in row-major order
         */
        float[] values(String name, Shape shape, SplittableRandom random);
    }

    /**
     * Gives every parameter its initialiser; nothing is allocated yet.
     *
     * @param parameters by official name
     * @param seed the model's
     * @param rule says what each starts from
     */
    public static void set(Map<String, Parameter> parameters, long seed, Rule rule) {
        parameters.forEach(
                (name, parameter) ->
                        parameter.setInitializer(
                                (manager, shape, type) ->
                                        manager.create(
                                                rule.values(
                                                        name,
                                                        shape,
                                                        new SplittableRandom(seed ^ hash(name))),
                                                shape)));
    }

    /**
     * Counts what one output of a layer is computed from.
     *
     * @param shape of its weight (out, in, …)
     * @return the product of all sides but the first
     */
    public static int fanIn(Shape shape) {
        return (int) (shape.size() / shape.get(0));
    }

    /**
     * Samples uniformly as Glorot and Bengio (2010) do, a convolution of patches counting as the
     * linear layer that it is.
     *
     * @param shape of the weight (out, in, …)
     * @param random the parameter's random stream
     * @return values in ±√(6 / (in + out))
     */
    public static float[] xavier(Shape shape, SplittableRandom random) {
        return uniform(shape, Math.sqrt(6.0 / (fanIn(shape) + shape.get(0))), random);
    }

    /**
     * Samples uniformly.
     *
     * @param shape how many values
     * @param bound their largest magnitude
     * @param random the parameter's random stream
     * @return values in ±bound
     */
    public static float[] uniform(Shape shape, double bound, SplittableRandom random) {
        return filled(shape, () -> bound * (2 * random.nextDouble() - 1));
    }

    /**
     * Samples from a normal distribution of mean 0.
     *
     * @param shape how many values
     * @param deviation its standard deviation
     * @param random the parameter's random stream
     * @return the values
     */
    public static float[] normal(Shape shape, double deviation, SplittableRandom random) {
        return filled(shape, () -> deviation * random.nextGaussian());
    }

    /**
     * Fills a parameter one by one.
     *
     * @param shape how many values
     * @param next gives each of them
     * @return the values
     */
    public static float[] filled(Shape shape, DoubleSupplier next) {
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) next.getAsDouble();
        }
        return values;
    }

    /**
     * Fills a parameter with one value.
     *
     * @param shape how many values
     * @param value each of them
     * @return the values
     */
    public static float[] constant(Shape shape, float value) {
        float[] values = new float[(int) shape.size()];
        Arrays.fill(values, value);
        return values;
    }

    /** FNV-1a: 64 bits, where String.hashCode has only 32. */
    private static long hash(String name) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }
}
