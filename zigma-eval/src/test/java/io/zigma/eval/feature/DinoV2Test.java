package io.zigma.eval.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsWriter;
import io.zigma.nn.Pass;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DinoV2Test {

    private static final int SIZE = 128;
    private static final int TABLE = 5;
    private static final int TOKENS = 1 + 16 * 16;
    private static final double TOLERANCE = 2e-4;

    @TempDir Path folder;

    @Test
    void hasAsManyWeightsAsTheOfficialSmallModel() {
        Map<String, Parameter> parameters = new DinoNetwork(384, 12, 37).namedParameters();
        long weights = parameters.values().stream().mapToLong(p -> p.getShape().size()).sum();

        // all but the token that hides patches in training
        assertThat(weights).isEqualTo(22_056_576 - 384);
        assertThat(parameters.get("pos_embed").getShape()).isEqualTo(new Shape(1, 1370, 384));
        assertThat(parameters.get("patch_embed.proj.weight").getShape())
                .isEqualTo(new Shape(384, 3, 14, 14));
        assertThat(parameters.get("blocks.11.attn.qkv.weight").getShape())
                .isEqualTo(new Shape(1152, 384));
        assertThat(parameters).containsKeys("blocks.0.ls1.gamma", "blocks.0.mlp.fc2.bias");
    }

    @Test
    void agreesWithThePlainDefinition() {
        SplittableRandom random = new SplittableRandom(3);
        float[] pixels = new float[3 * 224 * 224];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) (2 * random.nextDouble() - 1);
        }
        DinoNetwork network = new DinoNetwork(SIZE, 1, TABLE);
        try (NDManager manager = NDManager.newBaseManager()) {
            RandomWeights.give(network.namedParameters(), 2);
            network.initialize(manager);
            Plain plain = new Plain(network.namedParameters());
            double[] expected = plain.features(pixels);

            float[] found =
                    network.apply(
                                    Pass.inference(new ParameterStore(manager, false)),
                                    manager.create(pixels, new Shape(1, 3, 224, 224)))
                            .toFloatArray();

            for (int i = 0; i < SIZE; i++) {
                assertThat((double) found[i])
                        .as("feature %d, tolerance %s", i, TOLERANCE)
                        .isCloseTo(expected[i], within(TOLERANCE));
            }
        }
    }

    /** The transformer of one layer, token by token in float64. */
    private record Plain(Map<String, Parameter> parameters) {

        double[] features(float[] pixels) {
            PlainMap patches =
                    PlainMap.of(1, 3, 224, 224, pixels)
                            .convolved(values("patch_embed.proj.weight"), 14, 14, 14, 0, 0);
            float[] bias = values("patch_embed.proj.bias");
            float[] table = values("pos_embed");
            float[] places = places(table);
            double[][] x = new double[TOKENS][SIZE];
            for (int j = 0; j < SIZE; j++) {
                x[0][j] = values("cls_token")[j] + table[j];
                for (int token = 1; token < TOKENS; token++) {
                    x[token][j] =
                            patches.values()[j * (TOKENS - 1) + token - 1]
                                    + bias[j]
                                    + places[j * (TOKENS - 1) + token - 1];
                }
            }
            add(x, "blocks.0.ls1.gamma", attended(normed(x, "blocks.0.norm1")));
            double[][] hidden = linear(normed(x, "blocks.0.norm2"), "blocks.0.mlp.fc1");
            for (double[] token : hidden) {
                for (int j = 0; j < token.length; j++) {
                    token[j] *= (1 + erf(token[j] / Math.sqrt(2))) / 2;
                }
            }
            add(x, "blocks.0.ls2.gamma", linear(hidden, "blocks.0.mlp.fc2"));
            return normed(x, "norm")[0];
        }

        /** The table brought to 16 × 16 with the official tenth, (D, 256). */
        private static float[] places(float[] table) {
            float[] planes = new float[SIZE * TABLE * TABLE];
            for (int i = 0; i < planes.length; i++) {
                planes[i] = table[(1 + i % (TABLE * TABLE)) * SIZE + i / (TABLE * TABLE)];
            }
            ResampledSide side = ResampledSide.torchBicubic(TABLE, 16, 16.1 / TABLE);
            return ResampledSide.resample(planes, TABLE, TABLE, side, side);
        }

        private void add(double[][] x, String gamma, double[][] change) {
            float[] scale = values(gamma);
            for (int token = 0; token < TOKENS; token++) {
                for (int j = 0; j < SIZE; j++) {
                    x[token][j] += scale[j] * change[token][j];
                }
            }
        }

        private double[][] attended(double[][] x) {
            double[][] all = linear(x, "blocks.0.attn.qkv");
            double[][] mixed = new double[TOKENS][SIZE];
            for (int head = 0; head < SIZE / 64; head++) {
                for (int token = 0; token < TOKENS; token++) {
                    double[] weights = new double[TOKENS];
                    double sum = 0;
                    for (int other = 0; other < TOKENS; other++) {
                        double product = 0;
                        for (int j = head * 64; j < head * 64 + 64; j++) {
                            product += all[token][j] * all[other][SIZE + j];
                        }
                        weights[other] = Math.exp(product / 8);
                        sum += weights[other];
                    }
                    for (int other = 0; other < TOKENS; other++) {
                        for (int j = head * 64; j < head * 64 + 64; j++) {
                            mixed[token][j] += weights[other] / sum * all[other][2 * SIZE + j];
                        }
                    }
                }
            }
            return linear(mixed, "blocks.0.attn.proj");
        }

        private double[][] linear(double[][] x, String name) {
            float[] matrix = values(name + ".weight");
            float[] bias = values(name + ".bias");
            double[][] out = new double[x.length][bias.length];
            int inputs = matrix.length / bias.length;
            for (int row = 0; row < x.length; row++) {
                for (int o = 0; o < bias.length; o++) {
                    double sum = bias[o];
                    for (int j = 0; j < inputs; j++) {
                        sum += matrix[o * inputs + j] * x[row][j];
                    }
                    out[row][o] = sum;
                }
            }
            return out;
        }

        private double[][] normed(double[][] x, String name) {
            float[] scale = values(name + ".weight");
            float[] shift = values(name + ".bias");
            double[][] out = new double[x.length][SIZE];
            for (int row = 0; row < x.length; row++) {
                double mean = 0;
                double variance = 0;
                for (double value : x[row]) {
                    mean += value / SIZE;
                }
                for (double value : x[row]) {
                    variance += (value - mean) * (value - mean) / SIZE;
                }
                for (int j = 0; j < SIZE; j++) {
                    out[row][j] =
                            (x[row][j] - mean) / Math.sqrt(variance + 1e-6) * scale[j] + shift[j];
                }
            }
            return out;
        }

        /** Abramowitz and Stegun 7.1.26, off by at most 1.5e-7. */
        private static double erf(double x) {
            double t = 1 / (1 + 0.3275911 * Math.abs(x));
            double sum =
                    t
                            * (0.254829592
                                    + t
                                            * (-0.284496736
                                                    + t
                                                            * (1.421413741
                                                                    + t
                                                                            * (-1.453152027
                                                                                    + t
                                                                                            * 1.061405429))));
            return Math.signum(x) * (1 - sum * Math.exp(-x * x));
        }

        private float[] values(String name) {
            return parameters.get(name).getArray().toFloatArray();
        }
    }

    @Test
    void theFileDeterminesTheSizeOfTheNetwork() throws IOException {
        Path file = write(folder.resolve("tiny.safetensors"), "mask_token");
        try (FeatureExtractor dino = OfficialExtractor.open(file, Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            NDArray images = manager.randomUniform(-1, 1, new Shape(2, 1, 28, 28));

            assertThat(dino.dimension()).isEqualTo(SIZE);
            assertThat(dino.features(images).rows()).isEqualTo(2);
        }
    }

    @Test
    void anotherVariantIsRefusedInOneLine() throws IOException {
        Path file = write(folder.resolve("reg4.safetensors"), "register_tokens");

        assertThatThrownBy(() -> DinoV2.open(file, Device.cpu()))
                .isInstanceOf(CheckpointException.class)
                .message()
                .contains("reg4.safetensors", "'register_tokens' is surplus")
                .hasLineCount(1);
    }

    private static Path write(Path file, String extra) throws IOException {
        DinoNetwork network = new DinoNetwork(SIZE, 1, TABLE);
        try (NDManager manager = NDManager.newBaseManager()) {
            RandomWeights.give(network.namedParameters(), 2);
            network.initialize(manager);
            SafetensorsWriter writer = new SafetensorsWriter();
            network.namedParameters()
                    .forEach((name, parameter) -> writer.array(name, parameter.getArray()));
            writer.floats(extra, new long[] {1, SIZE}, new float[SIZE]).write(file);
        }
        return file;
    }
}
