package io.zigma.eval.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.zigma.nn.Pass;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Every kind of module against its branches spelled out in plain Java. */
class InceptionModuleTest {

    private static final int COUNT = 2;
    private static final int SIDE = 5;
    private static final int INPUTS = 5;
    private static final double TOLERANCE = 1e-5;

    @Test
    void theModuleOfTheLargeGridAgreesWithThePlainDefinition() {
        compare(
                new InceptionA(INPUTS, 8),
                (plain, x) ->
                        plain.same("branch1x1", x, 1, 1)
                                .beside(
                                        plain.same(
                                                "branch5x5_2",
                                                plain.same("branch5x5_1", x, 1, 1),
                                                5,
                                                5))
                                .beside(
                                        plain.same(
                                                "branch3x3dbl_3",
                                                plain.same(
                                                        "branch3x3dbl_2",
                                                        plain.same("branch3x3dbl_1", x, 1, 1),
                                                        3,
                                                        3),
                                                3,
                                                3))
                                .beside(plain.same("branch_pool", x.pooled(false, 1, 1), 1, 1)));
    }

    @Test
    void theFirstReductionAgreesWithThePlainDefinition() {
        compare(
                new InceptionB(INPUTS),
                (plain, x) ->
                        plain.halving("branch3x3", x)
                                .beside(
                                        plain.halving(
                                                "branch3x3dbl_3",
                                                plain.same(
                                                        "branch3x3dbl_2",
                                                        plain.same("branch3x3dbl_1", x, 1, 1),
                                                        3,
                                                        3)))
                                .beside(x.pooled(true, 2, 0)));
    }

    @Test
    void theModuleOfTheMiddleGridAgreesWithThePlainDefinition() {
        compare(
                new InceptionC(INPUTS, 6),
                (plain, x) -> {
                    PlainMap seven = plain.same("branch7x7_1", x, 1, 1);
                    seven = plain.same("branch7x7_2", seven, 1, 7);
                    seven = plain.same("branch7x7_3", seven, 7, 1);
                    PlainMap twice = plain.same("branch7x7dbl_1", x, 1, 1);
                    twice = plain.same("branch7x7dbl_2", twice, 7, 1);
                    twice = plain.same("branch7x7dbl_3", twice, 1, 7);
                    twice = plain.same("branch7x7dbl_4", twice, 7, 1);
                    twice = plain.same("branch7x7dbl_5", twice, 1, 7);
                    return plain.same("branch1x1", x, 1, 1)
                            .beside(seven)
                            .beside(twice)
                            .beside(plain.same("branch_pool", x.pooled(false, 1, 1), 1, 1));
                });
    }

    @Test
    void theSecondReductionAgreesWithThePlainDefinition() {
        compare(
                new InceptionD(INPUTS),
                (plain, x) -> {
                    PlainMap three = plain.same("branch3x3_1", x, 1, 1);
                    PlainMap seven = plain.same("branch7x7x3_1", x, 1, 1);
                    seven = plain.same("branch7x7x3_2", seven, 1, 7);
                    seven = plain.same("branch7x7x3_3", seven, 7, 1);
                    return plain.halving("branch3x3_2", three)
                            .beside(plain.halving("branch7x7x3_4", seven))
                            .beside(x.pooled(true, 2, 0));
                });
    }

    @Test
    void theForkingModuleAgreesWithThePlainDefinition() {
        compare(
                new InceptionE(INPUTS, InceptionE.Pooling.MEAN),
                (plain, x) -> forking(plain, x, false));
    }

    @Test
    void theLastModuleTakesTheLargestNeighbour() {
        compare(
                new InceptionE(INPUTS, InceptionE.Pooling.LARGEST),
                (plain, x) -> forking(plain, x, true));
    }

    private static PlainMap forking(Plain plain, PlainMap x, boolean largest) {
        PlainMap three = plain.same("branch3x3_1", x, 1, 1);
        PlainMap twice = plain.same("branch3x3dbl_1", x, 1, 1);
        twice = plain.same("branch3x3dbl_2", twice, 3, 3);
        return plain.same("branch1x1", x, 1, 1)
                .beside(plain.same("branch3x3_2a", three, 1, 3))
                .beside(plain.same("branch3x3_2b", three, 3, 1))
                .beside(plain.same("branch3x3dbl_3a", twice, 1, 3))
                .beside(plain.same("branch3x3dbl_3b", twice, 3, 1))
                .beside(plain.same("branch_pool", x.pooled(largest, 1, 1), 1, 1));
    }

    /** A module's weights, applied the slow way. */
    private record Plain(Map<String, Parameter> parameters) {

        PlainMap same(String name, PlainMap x, int high, int wide) {
            return unit(name, x, high, wide, 1, high / 2, wide / 2);
        }

        PlainMap halving(String name, PlainMap x) {
            return unit(name, x, 3, 3, 2, 0, 0);
        }

        private PlainMap unit(
                String name, PlainMap x, int high, int wide, int stride, int padY, int padX) {
            float[] mean = values(name + ".bn.running_mean");
            float[] variance = values(name + ".bn.running_var");
            double[][] statistics = new double[mean.length][];
            for (int i = 0; i < mean.length; i++) {
                statistics[i] = new double[] {mean[i], variance[i]};
            }
            return x.convolved(values(name + ".conv.weight"), high, wide, stride, padY, padX)
                    .normalised(
                            statistics,
                            values(name + ".bn.weight"),
                            values(name + ".bn.bias"),
                            1e-3)
                    .relu();
        }

        private float[] values(String name) {
            return parameters.get(name).getArray().toFloatArray();
        }
    }

    private static void compare(
            InceptionModule module, BiFunction<Plain, PlainMap, PlainMap> definition) {
        SplittableRandom random = new SplittableRandom(4);
        float[] input = new float[COUNT * INPUTS * SIDE * SIDE];
        for (int i = 0; i < input.length; i++) {
            input[i] = (float) (2 * random.nextDouble() - 1);
        }
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape shape = new Shape(COUNT, INPUTS, SIDE, SIDE);
            RandomWeights.give(module.namedParameters(), 8);
            module.initialize(manager, DataType.FLOAT32, shape);
            PlainMap expected =
                    definition.apply(
                            new Plain(module.namedParameters()),
                            PlainMap.of(COUNT, INPUTS, SIDE, SIDE, input));

            NDArray found =
                    module.apply(
                            Pass.inference(new ParameterStore(manager, false)),
                            manager.create(input, shape));

            assertThat(found.getShape())
                    .isEqualTo(new Shape(COUNT, expected.c(), expected.h(), expected.w()))
                    .isEqualTo(module.getOutputShapes(new Shape[] {shape})[0]);
            float[] values = found.toFloatArray();
            for (int i = 0; i < values.length; i++) {
                assertThat((double) values[i])
                        .as("value %d, tolerance %s", i, TOLERANCE)
                        .isCloseTo(expected.values()[i], within(TOLERANCE));
            }
        }
    }
}
