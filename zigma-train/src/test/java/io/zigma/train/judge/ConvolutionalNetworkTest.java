package io.zigma.train.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConvolutionalNetworkTest {

    private static final int COUNT = 4;
    private static final double TOLERANCE = 1e-5;

    /** A feature map in plain Java, (B, C, H, W). */
    private record Map4(int b, int c, int h, int w, double[] values) {

        double at(int i, int j, int y, int x) {
            return y < 0 || y >= h || x < 0 || x >= w ? 0 : values[((i * c + j) * h + y) * w + x];
        }
    }

    @Test
    void agreesWithThePlainDefinitionWhenItOnlyLooks() {
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
                                    new ParameterStore(manager, false),
                                    manager.create(pixels, new Shape(COUNT, 1, 8, 6)),
                                    training)
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
            Map4 x = new Map4(COUNT, 1, 8, 6, widened(pixels));
            double[][] batch = statistics(convolved(parameters, "stages.0.entry.weight", x, 1));
            float[] before = values(parameters, "stages.0.entry.norm.running_mean");

            network.apply(
                    new ParameterStore(manager, false),
                    manager.create(pixels, new Shape(COUNT, 1, 8, 6)),
                    true);

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
        Map4 x = new Map4(COUNT, 1, 8, 6, widened(pixels));
        for (int stage = 0; stage < TinyClassifiers.CONFIG.widths().size(); stage++) {
            String name = "stages." + stage;
            Map4 entry =
                    normalised(
                            parameters,
                            name + ".entry",
                            convolved(parameters, name + ".entry.weight", x, stage == 0 ? 1 : 2),
                            training);
            relu(entry);
            Map4 refined =
                    normalised(
                            parameters,
                            name + ".refinement",
                            convolved(parameters, name + ".refinement.weight", entry, 1),
                            training);
            for (int i = 0; i < refined.values().length; i++) {
                refined.values()[i] += entry.values()[i];
            }
            relu(refined);
            x = refined;
        }
        return logits(parameters, x);
    }

    private static double[] logits(Map<String, Parameter> parameters, Map4 x) {
        float[] weight = values(parameters, "head.weight");
        float[] bias = values(parameters, "head.bias");
        double[] logits = new double[x.b() * bias.length];
        for (int i = 0; i < x.b(); i++) {
            for (int k = 0; k < bias.length; k++) {
                double sum = bias[k];
                for (int j = 0; j < x.c(); j++) {
                    double mean = 0;
                    for (int y = 0; y < x.h(); y++) {
                        for (int z = 0; z < x.w(); z++) {
                            mean += x.at(i, j, y, z) / (x.h() * x.w());
                        }
                    }
                    sum += weight[k * x.c() + j] * mean;
                }
                logits[i * bias.length + k] = sum;
            }
        }
        return logits;
    }

    private static Map4 convolved(
            Map<String, Parameter> parameters, String name, Map4 x, int stride) {
        float[] weight = values(parameters, name);
        int outputs = weight.length / x.c() / 9;
        int h = (x.h() + stride - 1) / stride;
        int w = (x.w() + stride - 1) / stride;
        double[] out = new double[x.b() * outputs * h * w];
        int place = 0;
        for (int i = 0; i < x.b(); i++) {
            for (int o = 0; o < outputs; o++) {
                for (int y = 0; y < h; y++) {
                    for (int z = 0; z < w; z++) {
                        double sum = 0;
                        for (int tap = 0; tap < 9 * x.c(); tap++) {
                            int dy = tap / 3 % 3 - 1;
                            int dx = tap % 3 - 1;
                            sum +=
                                    weight[o * x.c() * 9 + tap]
                                            * x.at(i, tap / 9, y * stride + dy, z * stride + dx);
                        }
                        out[place++] = sum;
                    }
                }
            }
        }
        return new Map4(x.b(), outputs, h, w, out);
    }

    private static Map4 normalised(
            Map<String, Parameter> parameters, String name, Map4 x, boolean training) {
        float[] scale = values(parameters, name + ".norm.weight");
        float[] shift = values(parameters, name + ".norm.bias");
        float[] mean = values(parameters, name + ".norm.running_mean");
        float[] variance = values(parameters, name + ".norm.running_var");
        double[][] batch = statistics(x);
        double[] out = new double[x.values().length];
        for (int i = 0; i < out.length; i++) {
            int channel = i / (x.h() * x.w()) % x.c();
            double centre = training ? batch[channel][0] : mean[channel];
            double spread = training ? batch[channel][1] : variance[channel];
            out[i] =
                    (x.values()[i] - centre) / Math.sqrt(spread + 1e-5) * scale[channel]
                            + shift[channel];
        }
        return new Map4(x.b(), x.c(), x.h(), x.w(), out);
    }

    /** Mean and variance, divided by all, of each channel over batch and places. */
    private static double[][] statistics(Map4 x) {
        double[][] result = new double[x.c()][2];
        int plane = x.h() * x.w();
        double count = (double) x.b() * plane;
        for (int i = 0; i < x.values().length; i++) {
            result[i / plane % x.c()][0] += x.values()[i] / count;
        }
        for (int i = 0; i < x.values().length; i++) {
            double[] channel = result[i / plane % x.c()];
            channel[1] += Math.pow(x.values()[i] - channel[0], 2) / count;
        }
        return result;
    }

    private static void relu(Map4 x) {
        for (int i = 0; i < x.values().length; i++) {
            x.values()[i] = Math.max(0, x.values()[i]);
        }
    }

    private static double[] widened(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    private static float[] values(Map<String, Parameter> parameters, String name) {
        NDArray array = parameters.get(name).getArray();
        return array.toFloatArray();
    }
}
