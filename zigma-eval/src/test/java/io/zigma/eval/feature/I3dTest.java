package io.zigma.eval.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.pooling.Pool;
import io.zigma.eval.metric.FeatureMatrix;
import io.zigma.io.CheckpointException;
import io.zigma.io.ContentHash;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class I3dTest {

    /** Inputs and the six widths of each module, from the published network. */
    private static final Map<String, int[]> MODULES = new LinkedHashMap<>();

    static {
        MODULES.put("Mixed_3b", new int[] {192, 64, 96, 128, 16, 32, 32});
        MODULES.put("Mixed_3c", new int[] {256, 128, 128, 192, 32, 96, 64});
        MODULES.put("Mixed_4b", new int[] {480, 192, 96, 208, 16, 48, 64});
        MODULES.put("Mixed_4c", new int[] {512, 160, 112, 224, 24, 64, 64});
        MODULES.put("Mixed_4d", new int[] {512, 128, 128, 256, 24, 64, 64});
        MODULES.put("Mixed_4e", new int[] {512, 112, 144, 288, 32, 64, 64});
        MODULES.put("Mixed_4f", new int[] {528, 256, 160, 320, 32, 128, 128});
        MODULES.put("Mixed_5b", new int[] {832, 256, 160, 320, 32, 128, 128});
        MODULES.put("Mixed_5c", new int[] {832, 384, 192, 384, 48, 128, 128});
    }

    @TempDir static Path folder;
    private static NDManager manager;
    private static Map<String, NDArray> tensors;
    private static Path file;

    @BeforeAll
    static void writeRandomWeightsByEveryPublishedName() throws IOException {
        manager = NDManager.newBaseManager();
        I3dNetwork network = new I3dNetwork();
        RandomWeights.give(network.namedParameters(), 1);
        network.initialize(manager);
        tensors = new LinkedHashMap<>();
        published()
                .forEach(
                        (name, shape) -> {
                            Parameter parameter = network.namedParameters().get(name);
                            assertThat(parameter).as(name).isNotNull();
                            assertThat(parameter.getShape()).as(name).isEqualTo(shape);
                            tensors.put(name, parameter.getArray());
                        });
        file = write("i3d.safetensors", tensors, name -> name);
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    /** All tensors of the published file but the counters of batches. */
    private static Map<String, Shape> published() {
        Map<String, Shape> names = new LinkedHashMap<>();
        unit(names, "Conv3d_1a_7x7", 3, 64, 7);
        unit(names, "Conv3d_2b_1x1", 64, 64, 1);
        unit(names, "Conv3d_2c_3x3", 64, 192, 3);
        MODULES.forEach(
                (name, widths) -> {
                    unit(names, name + ".b0", widths[0], widths[1], 1);
                    unit(names, name + ".b1a", widths[0], widths[2], 1);
                    unit(names, name + ".b1b", widths[2], widths[3], 3);
                    unit(names, name + ".b2a", widths[0], widths[4], 1);
                    unit(names, name + ".b2b", widths[4], widths[5], 3);
                    unit(names, name + ".b3b", widths[0], widths[6], 1);
                });
        names.put("logits.conv3d.weight", new Shape(400, 1024, 1, 1, 1));
        names.put("logits.conv3d.bias", new Shape(400));
        return names;
    }

    private static void unit(Map<String, Shape> names, String name, int in, int out, int width) {
        names.put(name + ".conv3d.weight", new Shape(out, in, width, width, width));
        for (String part : new String[] {"weight", "bias", "running_mean", "running_var"}) {
            names.put(name + ".bn." + part, new Shape(out));
        }
    }

    private static Path write(
            String name, Map<String, NDArray> tensors, UnaryOperator<String> naming)
            throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        tensors.forEach((tensor, array) -> writer.array(naming.apply(tensor), array));
        // torch counts batches beside each normalisation
        writer.longs("Mixed_3b.b0.bn.num_batches_tracked", new long[0], new long[] {0});
        Path written = folder.resolve(name);
        writer.write(written);
        return written;
    }

    @Test
    void hasThePublishedTensorsAndNoOthers() {
        assertThat(new I3dNetwork().namedParameters().keySet())
                .containsExactlyInAnyOrderElementsOf(published().keySet());
        // as many as TensorFlow's variables and PyTorch's scales of ones: 57 units of five, and two
        assertThat(published()).hasSize(57 * 5 + 2);
    }

    @Test
    void scoresClipsAsTheNetworkPutTogetherFromItsTableDoes() throws IOException {
        NDArray clips = manager.randomUniform(-1, 1, new Shape(2, 10, 3, 224, 224));

        FeatureMatrix features;
        try (I3d i3d = I3d.open(file, Device.cpu())) {
            features = i3d.features(clips);
            assertThat(i3d.dimension()).isEqualTo(400);
            assertThat(i3d.sha256()).isEqualTo(ContentHash.ofFile(file));
        }

        float[] expected = scores(clips.transpose(0, 2, 1, 3, 4)).toFloatArray();
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            assertThat((double) features.at(i / 400, i % 400))
                    .as("clip %s, class %s", i / 400, i % 400)
                    .isCloseTo(expected[i], within(1e-3));
        }
        assertThat(largest).isGreaterThan(0.1);
    }

    @Test
    void framesAreResizedAsTensorFlowOneDoes() throws IOException {
        NDArray small = manager.randomUniform(-1, 1, new Shape(1, 9, 1, 5, 7));
        float[] grey = small.toFloatArray();
        float[] large = new float[9 * 3 * 224 * 224];
        for (int i = 0; i < large.length; i++) {
            int frame = i / (3 * 224 * 224);
            float y = i / 224 % 224 * (5f / 224);
            float x = i % 224 * (7f / 224);
            int row = (int) y;
            int column = (int) x;
            int below = Math.min(4, row + 1);
            int right = Math.min(6, column + 1);
            float[] line = new float[2];
            for (int k = 0; k < 2; k++) {
                int at = (frame * 5 + (k == 0 ? row : below)) * 7;
                line[k] = grey[at + column] * (1 - x + column) + grey[at + right] * (x - column);
            }
            large[i] = line[0] * (1 - y + row) + line[1] * (y - row);
        }
        try (I3d i3d = I3d.open(file, Device.cpu())) {
            FeatureMatrix resized = i3d.features(small);
            FeatureMatrix given = i3d.features(manager.create(large, new Shape(1, 9, 3, 224, 224)));
            for (int i = 0; i < 400; i++) {
                assertThat((double) resized.at(0, i)).isCloseTo(given.at(0, i), within(1e-3));
            }
        }
    }

    @Test
    void theOtherFamilyOfNamesIsReadToo() throws IOException {
        Path other = write("other.safetensors", tensors, I3dNames.KINETICS_I3D_PYTORCH::of);
        NDArray clips = manager.randomUniform(-1, 1, new Shape(1, 9, 3, 32, 32));
        try (FeatureExtractor one = OfficialExtractor.open(file, Device.cpu());
                FeatureExtractor two = OfficialExtractor.open(other, Device.cpu())) {
            FeatureMatrix first = one.features(clips);
            FeatureMatrix second = two.features(clips);
            for (int i = 0; i < 400; i++) {
                assertThat(second.at(0, i)).isEqualTo(first.at(0, i));
            }
        }
        assertThat(OfficialExtractor.takesClips(other)).isTrue();
        assertThat(I3dNames.KINETICS_I3D_PYTORCH.of("Mixed_5c.b2b.bn.running_var"))
                .isEqualTo("mixed_5c.branch_2.1.batch3d.running_var");
        assertThat(I3dNames.KINETICS_I3D_PYTORCH.of("logits.conv3d.bias"))
                .isEqualTo("conv3d_0c_1x1.conv3d.bias");
    }

    @Test
    void aFileThatLacksTensorsIsRefusedInOneLine() throws IOException {
        Map<String, NDArray> fewer = new LinkedHashMap<>(tensors);
        fewer.remove("Mixed_4d.b2b.bn.running_mean");
        Path lacking = write("lacking.safetensors", fewer, name -> name);

        assertThatThrownBy(() -> I3d.open(lacking, Device.cpu()))
                .isInstanceOf(CheckpointException.class)
                .message()
                .contains(
                        "lacking.safetensors",
                        "I3D with 400 outputs",
                        "Mixed_4d.b2b.bn.running_mean is missing")
                .hasLineCount(1);
    }

    @Test
    void aFileOfOtherClassesIsRefusedInOneLine() throws IOException {
        Map<String, NDArray> other = new LinkedHashMap<>(tensors);
        other.put("logits.conv3d.weight", manager.zeros(new Shape(157, 1024, 1, 1, 1)));
        other.put("logits.conv3d.bias", manager.zeros(new Shape(157)));
        Path charades = write("charades.safetensors", other, name -> name);

        assertThatThrownBy(() -> I3d.open(charades, Device.cpu()))
                .isInstanceOf(CheckpointException.class)
                .message()
                .contains("logits.conv3d.weight has shape [157, 1024, 1, 1, 1]")
                .hasLineCount(1);
    }

    @Test
    void picturesAndShortClipsAreRefused() throws IOException {
        try (I3d i3d = I3d.open(file, Device.cpu())) {
            for (Shape shape : new Shape[] {new Shape(1, 3, 8, 8), new Shape(1, 8, 3, 8, 8)}) {
                assertThatThrownBy(() -> i3d.features(manager.zeros(shape)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("at least 9 frames")
                        .hasMessageContaining(shape.toString());
            }
        }
    }

    // ---- the network from its table, in the engine's plainest operations

    private static NDArray scores(NDArray x) {
        NDArray y = convolved(x, "Conv3d_1a_7x7", 7, 2);
        y = largest(y, new int[] {1, 3, 3}, new int[] {1, 2, 2});
        y = convolved(convolved(y, "Conv3d_2b_1x1", 1, 1), "Conv3d_2c_3x3", 3, 1);
        y = largest(y, new int[] {1, 3, 3}, new int[] {1, 2, 2});
        for (String module : MODULES.keySet()) {
            if (module.equals("Mixed_4b")) {
                y = largest(y, new int[] {3, 3, 3}, new int[] {2, 2, 2});
            } else if (module.equals("Mixed_5b")) {
                y = largest(y, new int[] {2, 2, 2}, new int[] {2, 2, 2});
            }
            NDArray pooled = largest(y, new int[] {3, 3, 3}, new int[] {1, 1, 1});
            y =
                    NDArrays.concat(
                            new NDList(
                                    convolved(y, module + ".b0", 1, 1),
                                    convolved(
                                            convolved(y, module + ".b1a", 1, 1),
                                            module + ".b1b",
                                            3,
                                            1),
                                    convolved(
                                            convolved(y, module + ".b2a", 1, 1),
                                            module + ".b2b",
                                            3,
                                            1),
                                    convolved(pooled, module + ".b3b", 1, 1)),
                            1);
        }
        // the means of two places of time, their scores, and the mean of those
        NDArray places = y.mean(new int[] {4}).mean(new int[] {3}); // (B, 1024, T)
        long times = places.size(2);
        NDArray pairs = places.get(":, :, :" + (times - 1)).add(places.get(":, :, 1:")).div(2);
        NDArray weight = tensors.get("logits.conv3d.weight").reshape(400, 1024);
        return pairs.mean(new int[] {2})
                .matMul(weight.transpose())
                .add(tensors.get("logits.conv3d.bias"));
    }

    private static NDArray convolved(NDArray x, String name, int width, int stride) {
        NDArray padded = padded(x, new int[] {width, width, width}, stride, stride, 0);
        NDArray y =
                Conv3d.conv3d(
                                padded,
                                tensors.get(name + ".conv3d.weight"),
                                null,
                                new Shape(stride, stride, stride),
                                new Shape(0, 0, 0))
                        .singletonOrThrow();
        Shape channels = new Shape(1, y.size(1), 1, 1, 1);
        return y.sub(tensors.get(name + ".bn.running_mean").reshape(channels))
                .div(tensors.get(name + ".bn.running_var").add(1e-3f).sqrt().reshape(channels))
                .mul(tensors.get(name + ".bn.weight").reshape(channels))
                .add(tensors.get(name + ".bn.bias").reshape(channels))
                .maximum(0);
    }

    private static NDArray largest(NDArray x, int[] kernel, int[] stride) {
        return Pool.maxPool3d(
                padded(x, kernel, stride[0], stride[1], Double.NEGATIVE_INFINITY),
                new Shape(kernel[0], kernel[1], kernel[2]),
                new Shape(stride[0], stride[1], stride[2]),
                new Shape(0, 0, 0),
                false);
    }

    /** One side after the other, each with an array of its own on either end. */
    private static NDArray padded(
            NDArray x, int[] kernel, int timeStride, int spaceStride, double value) {
        NDArray y = x;
        for (int axis = 0; axis < 3; axis++) {
            long size = x.size(2 + axis);
            int stride = axis == 0 ? timeStride : spaceStride;
            long rest = size % stride == 0 ? stride : size % stride;
            long total = Math.max(kernel[axis] - rest, 0);
            for (boolean front : new boolean[] {true, false}) {
                long[] sides = y.getShape().getShape().clone();
                sides[2 + axis] = front ? total / 2 : total - total / 2;
                if (sides[2 + axis] > 0) {
                    NDArray edge = manager.full(new Shape(sides), (float) value);
                    y =
                            NDArrays.concat(
                                    front ? new NDList(edge, y) : new NDList(y, edge), 2 + axis);
                }
            }
        }
        return y;
    }
}
