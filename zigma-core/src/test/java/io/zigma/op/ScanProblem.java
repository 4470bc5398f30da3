package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.scan.ScanPath;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * A random selective scan.
 *
 * @param batch B
 * @param length L
 * @param channels E
 * @param states N
 * @param d whether the input is added to the output
 * @param gate whether there is a gate
 * @param bias whether delta has a bias
 * @param softplus whether softplus is applied to delta
 * @param deltaScale standard deviation of delta
 * @param seed of everything random
 */
record ScanProblem(
        int batch,
        int length,
        int channels,
        int states,
        boolean d,
        boolean gate,
        boolean bias,
        boolean softplus,
        float deltaScale,
        long seed) {

    /** Problems of odd sizes, of one token or several chunks, with small and extreme steps. */
    static Arbitrary<ScanProblem> any() {
        Arbitrary<Boolean> flag = Arbitraries.of(true, false);
        return Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.of(1, 2, 7, 16, 31, 32, 33, 50, 70),
                        Arbitraries.of(1, 3, 16, 17, 127, 129, 260),
                        Arbitraries.of(1, 2, 4, 5, 8, 9, 16, 19, 33))
                .as(
                        (batch, length, channels, states) ->
                                new int[] {batch, length, channels, states})
                .flatMap(
                        sizes ->
                                Combinators.combine(
                                                flag,
                                                flag,
                                                flag,
                                                flag,
                                                Arbitraries.of(0.01f, 1f, 30f),
                                                Arbitraries.longs())
                                        .as(
                                                (d, gate, bias, softplus, scale, seed) ->
                                                        new ScanProblem(
                                                                sizes[0], sizes[1], sizes[2],
                                                                sizes[3], d, gate, bias, softplus,
                                                                scale, seed)));
    }

    ScanPath path() {
        return randomPath(length, seed);
    }

    static ScanPath randomPath(int length, long seed) {
        int[] order = ScanPath.straight(length).order();
        Random random = new Random(seed);
        for (int i = length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int token = order[i];
            order[i] = order[j];
            order[j] = token;
        }
        return ScanPath.of(order);
    }

    /** Samples the operands; the same seed gives the same numbers. */
    ScanOperands operands(NDManager manager) {
        Random random = new Random(seed);
        Shape tokens = new Shape(batch, length, channels);
        NDArray delta = normal(manager, random, tokens, deltaScale);
        return new ScanOperands(
                normal(manager, random, tokens, 1),
                // without softplus a negative step would make states grow beyond all bounds
                softplus ? delta : delta.abs(),
                normal(manager, random, new Shape(channels, states), 1).abs().add(0.01).neg(),
                normal(manager, random, new Shape(batch, length, states), 1),
                normal(manager, random, new Shape(batch, length, states), 1),
                d ? normal(manager, random, new Shape(channels), 1) : null,
                gate ? normal(manager, random, tokens, 2) : null,
                bias ? normal(manager, random, new Shape(channels), softplus ? 1 : 0) : null,
                softplus,
                path());
    }

    /** Samples a gradient of the result. */
    NDArray gradient(NDManager manager) {
        return normal(manager, new Random(~seed), new Shape(batch, length, channels), 1);
    }

    static NDArray normal(NDManager manager, Random random, Shape shape, float scale) {
        float[] data = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) random.nextGaussian() * scale;
        }
        return manager.create(data, shape);
    }

    /** Names of the operands in their order. */
    static final List<String> NAMES = List.of("u", "delta", "A", "B", "C", "D", "gate", "dtBias");
}
