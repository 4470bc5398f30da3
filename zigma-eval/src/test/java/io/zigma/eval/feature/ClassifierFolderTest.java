package io.zigma.eval.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.zigma.io.CheckpointException;
import io.zigma.io.ContentHash;
import io.zigma.nn.Pass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifierFolderTest {

    private static final Shape ONE = new Shape(1, 1, 8, 6);

    @TempDir Path folder;

    @Test
    void whatIsReadIsWhatWasWritten() throws IOException {
        ClassifierFolder written = TinyClassifiers.write(folder);

        assertThat(ClassifierFolder.open(folder)).isEqualTo(written);
        assertThat(written.weightsHash())
                .isEqualTo(ContentHash.ofFile(folder.resolve(ClassifierFolder.WEIGHTS)));
    }

    @Test
    void theLoadedClassifierEqualsTheTrainedNetwork() throws IOException {
        float[] pixels = TinyClassifiers.pictures(3);
        TinyClassifiers.write(folder);
        try (Classifier classifier = ClassifierFolder.open(folder).load(Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            NDArray images = manager.create(pixels, new Shape(3, 1, 8, 6));
            float[] expected =
                    TinyClassifiers.network(TinyClassifiers.CONFIG, manager)
                            .apply(Pass.inference(new ParameterStore(manager, false)), images)
                            .toFloatArray();

            ClassifierOutput output = classifier.classify(images);

            assertThat(output.logits().rows()).isEqualTo(3);
            for (int i = 0; i < expected.length; i++) {
                assertThat(output.logits().at(i / 3, i % 3))
                        .as("logit %d of picture %d", i % 3, i / 3)
                        .isCloseTo(expected[i], within(1e-6f));
            }
            assertThat(classifier.labels()).isEqualTo(TinyClassifiers.CONFIG.labels());
            assertThat(output.features().columns()).isEqualTo(classifier.dimension());
        }
    }

    @Test
    void aLargerPictureIsSeenAveragedDown() throws IOException {
        float[] pixels = TinyClassifiers.pictures(2);
        float[] large = new float[9 * pixels.length];
        for (int i = 0; i < large.length; i++) {
            int row = i / 18 % 24;
            int column = i % 18;
            float mean = pixels[i / (18 * 24) * 48 + row / 3 * 6 + column / 3];
            // the mean of a square of three by three stays what it was
            large[i] = mean + (column % 3 == 1 ? -0.4f : 0.2f) + (row % 3 == 1 ? 0.2f : -0.1f);
        }
        TinyClassifiers.write(folder);
        try (Classifier classifier = ClassifierFolder.open(folder).load(Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            var small = classifier.features(manager.create(pixels, new Shape(2, 1, 8, 6)));
            var reduced = classifier.features(manager.create(large, new Shape(2, 1, 24, 18)));
            for (int row = 0; row < 2; row++) {
                for (int column = 0; column < small.columns(); column++) {
                    assertThat(reduced.at(row, column))
                            .as("feature %d of picture %d", column, row)
                            .isCloseTo(small.at(row, column), within(1e-5f));
                }
            }
        }
    }

    @Test
    void aPictureHasTheSameFeaturesAloneAndAmongOthers() throws IOException {
        float[] pixels = TinyClassifiers.pictures(5);
        TinyClassifiers.write(folder);
        try (Classifier classifier = ClassifierFolder.open(folder).load(Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            var together = classifier.features(manager.create(pixels, new Shape(5, 1, 8, 6)));
            for (int row = 0; row < 5; row++) {
                float[] own = Arrays.copyOfRange(pixels, row * 48, (row + 1) * 48);
                var alone = classifier.features(manager.create(own, ONE));
                for (int column = 0; column < alone.columns(); column++) {
                    assertThat(alone.at(0, column))
                            .as("feature %d of picture %d", column, row)
                            .isCloseTo(together.at(row, column), within(1e-6f));
                }
            }
        }
    }

    @Test
    void lookingLeavesNothingBehindAndThePicturesOpen() throws IOException {
        TinyClassifiers.write(folder);
        try (Classifier classifier = ClassifierFolder.open(folder).load(Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            NDArray images = manager.create(TinyClassifiers.pictures(1), ONE);
            int before = manager.getManagedArrays().size();

            classifier.classify(images);

            assertThat(manager.getManagedArrays()).hasSize(before);
            assertThat(images.toFloatArray()).isEqualTo(TinyClassifiers.pictures(1));
        }
    }

    @Test
    void picturesOfAnotherSizeAreRefused() throws IOException {
        TinyClassifiers.write(folder);
        try (Classifier classifier = ClassifierFolder.open(folder).load(Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            NDArray images = manager.zeros(new Shape(1, 3, 8, 6));

            assertThatThrownBy(() -> classifier.classify(images))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("(1, 8, 6) or a whole number", "not (3, 8, 6)");
        }
    }

    @Test
    void exchangedWeightsAreNoticed() throws IOException {
        ClassifierFolder written = TinyClassifiers.write(folder);
        Path weights = folder.resolve(ClassifierFolder.WEIGHTS);
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 2] ^= 1;
        Files.write(weights, bytes);

        assertThatThrownBy(() -> written.load(Device.cpu()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("damaged or was exchanged");
    }

    @Test
    void onlyAFolderWithTheFormatIsAClassifier() throws IOException {
        assertThat(ClassifierFolder.isIn(folder)).isFalse();
        Files.writeString(folder.resolve("config.json"), "{\"format\": \"zigma-checkpoint\"}");
        assertThat(ClassifierFolder.isIn(folder)).isFalse();
        assertThatThrownBy(() -> ClassifierFolder.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("of another format (zigma train-classifier makes one)");

        TinyClassifiers.write(folder);
        assertThat(ClassifierFolder.isIn(folder)).isTrue();
    }

    @Test
    void aDescriptionOfAnImpossibleNetworkIsRefusedWithItsFile() throws IOException {
        TinyClassifiers.write(folder);
        Path config = folder.resolve("config.json");
        Files.writeString(
                config, Files.readString(config).replace("\"height\": 8", "\"height\": 0"));

        assertThatThrownBy(() -> ClassifierFolder.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining("0×6");
    }
}
