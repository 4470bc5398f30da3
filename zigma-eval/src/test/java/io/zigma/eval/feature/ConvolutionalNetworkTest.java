package io.zigma.eval.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.zigma.nn.DropPath;
import io.zigma.nn.Pass;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConvolutionalNetworkTest {

    private static final int COUNT = 4;
    private static final double TOLERANCE = 1e-5;

    @Test
    void agreesWithThePlainDefinitionAtInference() {
        compare(false);
    }

    @Test
    void agreesWithThePlainDefinitionWhenItIsTrained() {
        compare(true);
    }

    private static void compare(boolean training) {
        try (NDManager manager = NDManager.newBaseManager()) {
            ConvolutionalNetwork network = TinyClassifiers.network(TinyClassifiers.CONFIG, manager);
            float[] pixels = TinyClassifiers.pictures(COUNT);
            double[] expected = reference(network.namedParameters(), pixels, training);

            float[] found =
                    network.apply(
                                    new Pass(
                                            new ParameterStore(manager, false),
                                            training,
                                            DropPath.NONE),
                                    manager.create(pixels, new Shape(COUNT, 1, 8, 6)))
                            .toFloatArray();

            assertThat(found).hasSize(expected.length);
            for (int i = 0; i < found.length; i++) {
                assertThat((double) found[i])
                        .as("logit %d of picture %d, tolerance %s", i % 3, i / 3, TOLERANCE)
                        .isCloseTo(expected[i], within(TOLERANCE * (1 + Math.abs(expected[i]))));
            }
        }
    }

    @Test
    void trainingMovesTheRunningStatisticsATenthOfTheWay() {
        try (NDManager manager = NDManager.newBaseManager()) {
            ConvolutionalNetwork network = TinyClassifiers.network(TinyClassifiers.CONFIG, manager);
            float[] pixels = TinyClassifiers.pictures(COUNT);
            Map<String, Parameter> parameters = network.namedParameters();
            double[][] batch =
                    pictures(pixels)
                            .convolved(values(parameters, "stages.0.entry.weight"), 3, 3, 1, 1, 1)
                            .statistics();
            float[] before = values(parameters, "stages.0.entry.norm.running_mean");

            network.apply(
                    Pass.training(new ParameterStore(manager, false)),
                    manager.create(pixels, new Shape(COUNT, 1, 8, 6)));

            float[] after = values(parameters, "stages.0.entry.norm.running_mean");
            for (int channel = 0; channel < after.length; channel++) {
                assertThat((double) after[channel])
                        .as("running mean of channel %d", channel)
                        .isCloseTo(
                                0.9 * before[channel] + 0.1 * batch[channel][0], within(TOLERANCE));
            }
        }
    }

    private static double[] reference(
            Map<String, Parameter> parameters, float[] pixels, boolean training) {
        PlainMap x = pictures(pixels);
        for (int stage = 0; stage < TinyClassifiers.CONFIG.widths().size(); stage++) {
            String name = "stages." + stage;
            PlainMap entry =
                    unit(parameters, name + ".entry", x, stage == 0 ? 1 : 2, training).relu();
            x = entry.plus(unit(parameters, name + ".refinement", entry, 1, training)).relu();
        }
        return x.mean().linear(values(parameters, "head.weight"), values(parameters, "head.bias"));
    }

    private static PlainMap unit(
            Map<String, Parameter> parameters,
            String name,
            PlainMap x,
            int stride,
            boolean training) {
        PlainMap y = x.convolved(values(parameters, name + ".weight"), 3, 3, stride, 1, 1);
        float[] mean = values(parameters, name + ".norm.running_mean");
        float[] variance = values(parameters, name + ".norm.running_var");
        double[][] statistics = y.statistics();
        for (int channel = 0; channel < mean.length && !training; channel++) {
            statistics[channel][0] = mean[channel];
            statistics[channel][1] = variance[channel];
        }
        return y.normalised(
                statistics,
                values(parameters, name + ".norm.weight"),
                values(parameters, name + ".norm.bias"),
                1e-5);
    }

    private static PlainMap pictures(float[] pixels) {
        return PlainMap.of(COUNT, 1, 8, 6, pixels);
    }

    private static float[] values(Map<String, Parameter> parameters, String name) {
        return parameters.get(name).getArray().toFloatArray();
    }
}
