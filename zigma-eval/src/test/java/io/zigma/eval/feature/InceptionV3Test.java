package io.zigma.eval.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.eval.metric.FeatureMatrix;
import io.zigma.io.CheckpointException;
import io.zigma.io.ContentHash;
import io.zigma.io.SafetensorsType;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InceptionV3Test {

    @TempDir static Path folder;
    private static Path file;

    @BeforeAll
    static void writeRandomWeights() throws IOException {
        file = folder.resolve("inception.safetensors");
        InceptionNetwork network = new InceptionNetwork();
        try (NDManager manager = NDManager.newBaseManager()) {
            RandomWeights.give(network.namedParameters(), 1);
            network.initialize(manager);
            SafetensorsWriter writer = new SafetensorsWriter();
            network.namedParameters()
                    .forEach(
                            (name, parameter) ->
                                    writer.floats(
                                            name,
                                            SafetensorsType.F16,
                                            parameter.getShape().getShape(),
                                            () -> parameter.getArray().toFloatArray()));
            // torch counts batches beside each normalisation
            writer.longs("Mixed_5b.branch1x1.bn.num_batches_tracked", new long[0], new long[] {0});
            writer.write(file);
        }
    }

    @Test
    void hasTheOfficialTensors() {
        Map<String, Parameter> parameters = new InceptionNetwork().namedParameters();

        // 94 convolutions of five tensors each, and the last layer's two
        assertThat(parameters).hasSize(94 * 5 + 2);
        assertThat(parameters.get("Conv2d_1a_3x3.conv.weight").getShape())
                .isEqualTo(new Shape(32, 3, 3, 3));
        assertThat(parameters.get("Mixed_5d.branch5x5_2.conv.weight").getShape())
                .isEqualTo(new Shape(64, 48, 5, 5));
        assertThat(parameters.get("Mixed_6c.branch7x7dbl_5.conv.weight").getShape())
                .isEqualTo(new Shape(192, 160, 1, 7));
        assertThat(parameters.get("Mixed_7a.branch7x7x3_4.bn.running_var").getShape())
                .isEqualTo(new Shape(192));
        assertThat(parameters.get("Mixed_7c.branch3x3dbl_1.conv.weight").getShape())
                .isEqualTo(new Shape(448, 2048, 1, 1));
        assertThat(parameters.get("fc.weight").getShape()).isEqualTo(new Shape(1008, 2048));
    }

    @Test
    void hasAsManyWeightsAsTheOfficialNetworkWithoutItsLastLayer() {
        long weights =
                new InceptionNetwork()
                        .namedParameters().entrySet().stream()
                                .filter(entry -> !entry.getKey().contains("running"))
                                .filter(entry -> !entry.getKey().startsWith("fc."))
                                .mapToLong(entry -> entry.getValue().getShape().size())
                                .sum();

        assertThat(weights).isEqualTo(21_785_568);
    }

    @Test
    void greyPicturesAreSeenAsColourPicturesOfEqualChannels() throws IOException {
        try (InceptionV3 inception = InceptionV3.open(file, Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            NDArray grey = manager.randomUniform(-1, 1, new Shape(1, 1, 20, 30));
            NDArray colour = grey.repeat(1, 3);

            ClassifierOutput ofGrey = inception.classify(grey);
            FeatureMatrix ofColour = inception.features(colour);

            assertThat(inception.dimension()).isEqualTo(2048);
            assertThat(ofGrey.features().columns()).isEqualTo(2048);
            assertThat(ofGrey.logits().columns()).isEqualTo(1008);
            float largest = 0;
            for (int i = 0; i < 2048; i++) {
                largest = Math.max(largest, ofGrey.features().at(0, i));
                assertThat(ofColour.at(0, i))
                        .as("feature %d", i)
                        .isCloseTo(ofGrey.features().at(0, i), within(1e-5f));
            }
            assertThat(largest).as("largest feature").isPositive();
            assertThat(inception.sha256()).isEqualTo(ContentHash.ofFile(file));
        }
    }

    @Test
    void picturesWithTwoChannelsAreRefused() throws IOException {
        try (FeatureExtractor inception = OfficialExtractor.open(file, Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            NDArray images = manager.zeros(new Shape(1, 2, 8, 8));

            assertThatThrownBy(() -> inception.features(images))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("(1, 2, 8, 8)");
        }
    }

    @Test
    void weightsOfAnotherNetworkAreRefusedInOneLine() throws IOException {
        Path other = folder.resolve("other.safetensors");
        new SafetensorsWriter()
                .floats("fc.weight", new long[] {1}, new float[] {1})
                .floats("secret", new long[] {1}, new float[] {1})
                .write(other);

        assertThatThrownBy(() -> InceptionV3.open(other, Device.cpu()))
                .isInstanceOf(CheckpointException.class)
                .message()
                .contains("other.safetensors", "Inception v3", "473 tensors differ")
                .hasLineCount(1);
    }
}
